import { copy } from '../copy/index.js';
import { begin, showRefusal } from '../state/exchange.js';
import { ownChoice } from '../state/preferences.js';
import { notice } from '../state/specimen.js';
import { answer, ask, asking } from './asking.js';
import { type OwnModel, sha256Of } from './own-model.js';
import { decodeText } from './text.js';

/**
 * Puts a model file to work. What it does not say was answered the last time that it was put in, or is
 * asked for now, with the names from `labelFile` filled in.
 */
export async function putInModel(file: File, labelFile: File | undefined): Promise<void> {
  let own: OwnModel = { file, sha256: null, answers: null };
  const refusal = await begin(file.name, async () => {
    own = { ...own, sha256: await sha256Of(file) };
    if (!labelFile) own = { ...own, answers: await earlierAnswers(own) };
    return own;
  });
  if (refusal?.network && refusal.failure.code === 'unpacked-model') {
    ask(own, refusal.network, labelFile ? await textOf(labelFile) : '');
  } else if (refusal) {
    showRefusal(file.name, refusal.failure);
  } else if (labelFile) {
    notice.value = copy.value.labelsNotNeeded(labelFile.name);
  }
}

/** The names of the classes, for the model that the sheet asks about. */
export async function giveLabels(file: File): Promise<void> {
  if (asking.value) answer({ labels: await textOf(file) });
}

/** The model of earlier visits back to work; photos wait for it. */
export async function bringBack(): Promise<void> {
  let own: OwnModel | null = null;
  const refusal = await begin(null, async () => {
    own = await recall();
    return own;
  });
  if (!refusal) return;
  showRefusal(nameOf(own), refusal.failure);
  // What cannot be had is not asked for at every visit; a line that is down will be up again.
  if (refusal.failure.code !== 'network') ownChoice.value = 'off';
}

async function earlierAnswers({ sha256 }: OwnModel): Promise<OwnModel['answers']> {
  const before = await recall();
  return sha256 !== null && before?.sha256 === sha256 ? before.answers : null;
}

/** The store comes with the first model. */
async function recall(): Promise<OwnModel | null> {
  const { recallModel } = await import('./store.js');
  return recallModel();
}

const nameOf = (own: OwnModel | null) => own?.file.name ?? null;

async function textOf(file: File): Promise<string> {
  return decodeText(new Uint8Array(await file.arrayBuffer()));
}
