import { signal } from '@preact/signals';
import type { Region } from 'shiwu';
import type { Photo } from '../state/photo.js';
import { examine, notice, type Specimen, specimen } from '../state/specimen.js';
import { words } from './words.js';

/** Whether a box is being chosen: by finger it must be said first, or the page could not be scrolled. */
export const choosing = signal(false);

/** The box as it is being drawn, moved or sized; null: there is none. */
export const draft = signal<Region | null>(null);

/** Smaller than this, in pixels of the photo, and there is nothing to see. */
const SMALLEST = 8;

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Upright pixels of photos that have been named. */
const sizes = new WeakMap<Photo, Size>();

/** Known from its first answer on. */
export function sizeOf(state: Exclude<Specimen, { kind: 'empty' }>): Size | undefined {
  if (state.kind === 'done') sizes.set(state.photo, state.result.image);
  return sizes.get(state.photo);
}

/** Asks about a part of the photo on the table. Edges are rounded, and kept inside the photo. */
export function askAbout(box: Region, { width, height }: Size): void {
  const state = specimen.value;
  if (state.kind === 'empty') return;
  const left = clamp(Math.round(box.x), 0, width);
  const top = clamp(Math.round(box.y), 0, height);
  const right = clamp(Math.round(box.x + box.width), 0, width);
  const bottom = clamp(Math.round(box.y + box.height), 0, height);
  if (right - left < SMALLEST || bottom - top < SMALLEST) {
    notice.value = words.value.tooSmall;
    return;
  }
  stopChoosing();
  examine(state.photo, { x: left, y: top, width: right - left, height: bottom - top });
}

export function askAboutDraft(size: Size): void {
  if (draft.value) askAbout(draft.value, size);
}

/** Hands the focus back to the tool that began it. */
export function stopChoosing(): void {
  if (!choosing.value) return;
  choosing.value = false;
  document
    .querySelector<HTMLElement>('[data-testid=tool-region], [data-testid=tool-whole]')
    ?.focus();
}

export function askAboutWhole(): void {
  const state = specimen.value;
  if (state.kind !== 'empty' && state.region) examine(state.photo);
}

export const clamp = (value: number, least: number, most: number) =>
  Math.min(most, Math.max(least, value));
