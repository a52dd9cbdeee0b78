import { copy } from '../copy/index.js';
import { begin, showRefusal } from '../state/exchange.js';
import { ownChoice } from '../state/preferences.js';
import { notice } from '../state/specimen.js';
import { answer, ask, asking, type LabelText } from './asking.js';
import { type OwnModel, sha256Of } from './own-model.js';

/** A model that wants further files, which may still come. */
let incomplete: ModelFiles | null = null;

/** A model, with whatever came along. */
interface ModelFiles {
  readonly file: File;
  readonly labelFile: File | undefined;
  /** The files with its weights among them, where it keeps them outside. */
  readonly data: readonly File[];
}

/** Whether files without a model are for the one that was put in without them. */
export function wantsFiles(): boolean {
  return incomplete !== null;
}

/** The files that were missing. */
export async function giveFiles(data: readonly File[]): Promise<void> {
  if (incomplete) await putInModel({ ...incomplete, data: [...incomplete.data, ...data] });
}

/**
 * Puts a model file to work. What it does not say was answered the last time that it was put in, or is
 * asked for now, with the names from `labelFile` filled in.
 */
export async function putInModel(files: ModelFiles): Promise<void> {
  const { file, labelFile, data } = files;
  incomplete = null;
  let own: OwnModel = { file, data, sha256: null, answers: null };
  const refusal = await begin(file.name, async () => {
    own = { ...own, sha256: await sha256Of(file) };
    if (!labelFile) own = { ...own, answers: await earlierAnswers(own) };
    return own;
  });
  if (refusal?.network && refusal.failure.code === 'unpacked-model') {
    ask(own, refusal.network, labelFile ? await textOf(labelFile) : null);
  } else if (refusal) {
    if (refusal.failure.code === 'missing-weights') incomplete = files;
    showRefusal(file.name, refusal.failure);
  } else if (labelFile) {
    notice.value = copy.value.labelsNotNeeded(labelFile.name);
  }
}

/** The names of the classes, for the model that the sheet asks about. */
export async function giveLabels(file: File): Promise<void> {
  if (!asking.value) return;
  const { text, encoding } = await textOf(file);
  answer({ labels: text }, encoding);
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

async function textOf(file: File): Promise<LabelText> {
  const { decodeText } = await import('shiwu/labels');
  return decodeText(new Uint8Array(await file.arrayBuffer()));
}
