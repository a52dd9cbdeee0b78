import type { OwnModel } from '../../own/own-model.js';
import { model } from '../../state/classifier.js';
import { exchangeModel, reopenModel } from '../../state/exchange.js';
import { chooseLanguage, chosenTongue, isTongue, tongue } from '../../state/language.js';
import { choose, chosen, ownChoice, unchoose } from '../../state/preferences.js';

/** What a file has of the settings: what was chosen, by its name. */
export function settingsForFile(): Record<string, string> {
  const language = chosenTongue();
  return { ...chosen(), ...(language !== null && { language }) };
}

/** These change what runs. */
const OF_THE_MODEL = ['model', 'engine', 'backend', 'own-model'];

/** Takes over what has not been chosen here. `own`: the visitor's model that the file has brought. */
export async function mergeSettings(
  coming: Readonly<Record<string, unknown>>,
  own: OwnModel | null,
) {
  const before = tongue.value;
  const speaks = isTongue(coming.language) && chosenTongue() === null ? coming.language : null;
  if (speaks) await chooseLanguage(speaks).catch(() => {});
  // A model that was here has been put to work, or not, by the visitor.
  const names = choose(own ? coming : { ...coming, 'own-model': undefined });
  const affects = names.some((name) => OF_THE_MODEL.includes(name));
  // What cannot be had is said where models are chosen.
  if (affects) void putToWork(ownChoice.value === 'on' ? own : null);
  const undo = async () => {
    if (speaks) await chooseLanguage(before).catch(() => {});
    unchoose(names);
    // A model that the file has brought leaves by itself, and the site's is opened then.
    if (affects && !own) await putToWork(null);
  };
  return { settings: names.length + (speaks ? 1 : 0), undo };
}

/** The model of the file, or the one at work, as it is chosen now; at first loading it will be so anyway. */
async function putToWork(own: OwnModel | null): Promise<void> {
  if (model.value.kind === 'ready') await (own ? exchangeModel(own) : reopenModel());
}
