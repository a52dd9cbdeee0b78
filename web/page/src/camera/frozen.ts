import { signal } from '@preact/signals';
import type { Classification } from 'shiwu';
import { classifierForPhoto } from '../state/classifier.js';
import { type Failure, toFailure } from '../state/failure.js';

/** A frame that stands still, and what it shows once that is known. */
export interface Frozen {
  readonly photo: Blob;
  readonly result: Classification | null;
  readonly failure: Failure | null;
}

export const frozen = signal<Frozen | null>(null);

const QUALITY = 0.92;

/** Takes the frame that the video shows and names it with all care. */
export async function freeze(video: HTMLVideoElement): Promise<void> {
  const photo = await frameOf(video);
  if (!photo) return;
  thaw();
  const mine: Frozen = { photo, result: null, failure: null };
  frozen.value = mine;
  const show = (news: Partial<Frozen>) => {
    if (frozen.value?.photo === photo) frozen.value = { ...mine, ...news };
  };
  try {
    const classifier = await classifierForPhoto();
    show({ result: await classifier.classify(photo, { topK: 5 }) });
  } catch (error) {
    show({ failure: toFailure(error) });
  }
}

export function thaw(): void {
  frozen.value = null;
}

function frameOf(video: HTMLVideoElement): Promise<Blob | null> {
  const canvas = document.createElement('canvas');
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext('2d')?.drawImage(video, 0, 0);
  return new Promise((resolve) => {
    canvas.toBlob(resolve, 'image/jpeg', QUALITY);
  });
}
