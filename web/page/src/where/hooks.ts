import { signal } from '@preact/signals';
import type { Prediction } from 'shiwu';
import { isTaught } from '../answer/taught.js';
import { model } from '../state/classifier.js';
import { downloadFailed, toFailure } from '../state/failure.js';
import { language } from '../state/language.js';
import { notice } from '../state/specimen.js';

type Room = typeof import('./room.js');

/** Where the network looked, and what else is in the photo: fetched when somebody first asks. */
export const where = signal<Room | null>(null);

/** Whether the model at work can say it. */
export const canSayWhere = () => model.value.kind === 'ready' && model.value.info.model.maps;

/** Whether it is a class of the network, as what was taught and what the visitor says are not. */
export const isOfModel = ({ id, index }: Prediction) => index >= 0 && !isTaught(id);

export async function inWhere(act: (room: Room) => void | Promise<void>): Promise<void> {
  try {
    where.value ??= await import('./room.js');
    await act(where.value);
  } catch (error) {
    notice.value = toFailure(downloadFailed(error))[language.value];
  }
}
