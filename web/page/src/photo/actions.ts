import { sentenceOf } from '../answer/tone.js';
import { language, written } from '../state/language.js';
import { notice, specimen } from '../state/specimen.js';
import { answerText } from './answer-text.js';
import { words } from './words.js';

/** What can be done with an answer. Each does nothing as long as there is none. */

/** Whether this browser has somewhere to share to. */
export const CAN_SHARE = 'share' in navigator;

export async function copyAnswer(): Promise<void> {
  const state = specimen.value;
  if (state.kind !== 'done') return;
  try {
    await navigator.clipboard.writeText(answerText(state.result));
    notice.value = words.value.copied;
  } catch {
    notice.value = words.value.notCopied;
  }
}

export async function saveAnswer(): Promise<void> {
  try {
    const file = await pictureOfAnswer();
    if (!file) return;
    const { save } = await import('../input/save.js');
    save(file, file.name);
    notice.value = words.value.saved(file.name);
  } catch {
    notice.value = words.value.notSaved;
  }
}

export async function shareAnswer(): Promise<void> {
  const state = specimen.value;
  if (state.kind !== 'done') return;
  const text = answerText(state.result);
  const file = await pictureOfAnswer().catch(() => null);
  const withPicture = file ? { text, files: [file] } : { text };
  const data = navigator.canShare?.(withPicture) ? withPicture : { text };
  try {
    await navigator.share(data);
  } catch (error) {
    // The visitor may have changed their mind; anything else still leaves the clipboard.
    if (!(error instanceof DOMException && error.name === 'AbortError')) await copyAnswer();
  }
}

async function pictureOfAnswer(): Promise<File | null> {
  const state = specimen.value;
  if (state.kind !== 'done') return null;
  const { cardOf } = await import('./card.js');
  const photo = await state.photo.open(new AbortController().signal);
  const picture = await cardOf(photo, state.result, state.region);
  const name = written(sentenceOf(state.result)?.[language.value] || words.value.part);
  const safe = words.value.fileName(name).replace(/[/\\:*?"<>|\s]+/g, '-');
  return new File([picture], `${safe}.jpg`, { type: picture.type });
}
