import type { OwnModel } from '../../own/own-model.js';
import { classifierForPhoto, model } from '../../state/classifier.js';
import { exchange, exchangeModel, ownInUse, reopenModel } from '../../state/exchange.js';
import {
  chooseLanguage,
  chosenTongue,
  isTongue,
  tongue,
  unchooseLanguage,
} from '../../state/language.js';
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
  const taken = choose(own ? coming : { ...coming, 'own-model': undefined });
  const affects = OF_THE_MODEL.some((name) => taken.has(name));
  // What cannot be had is said where models are chosen.
  if (affects) void putToWork(ownChoice.value === 'on' ? own : null);
  const undo = async () => {
    if (speaks && tongue.value === speaks) await unchooseLanguage(before).catch(() => {});
    const inUse = ownInUse();
    const isOfFile = own !== null && inUse?.file === own.file;
    // The visitor has put in another one meanwhile.
    if (inUse && !isOfFile) taken.delete('own-model');
    unchoose(taken);
    // A model that the file has brought leaves by itself, and the site's is opened then.
    if (affects && !isOfFile) void putToWork(null);
  };
  return { settings: taken.size + (speaks ? 1 : 0), undo };
}

/** The model of the file, or the one at work, as it is chosen now. */
async function putToWork(own: OwnModel | null): Promise<void> {
  if (own) return void (await exchangeModel(own));
  // What is on its way was begun as it was chosen before. Where nothing is, the first photo will load what is chosen.
  while (model.value.kind === 'loading' || exchange.value?.kind === 'loading') {
    await classifierForPhoto().catch(() => {});
  }
  if (model.value.kind === 'ready') await reopenModel();
}
