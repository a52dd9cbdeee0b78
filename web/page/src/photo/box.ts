import type { Region } from 'shiwu';
import { clamp, type Size } from './region.js';

/** How a box on the photo is drawn, moved and sized. All in pixels of the upright photo. */

export interface At {
  readonly x: number;
  readonly y: number;
}

/** By compass: corners and edges. */
export const GRIPS = ['nw', 'n', 'ne', 'e', 'se', 's', 'sw', 'w'] as const;
export type Grip = (typeof GRIPS)[number];

/** What was taken hold of: the photo, on which a new box begins, the box itself, or one of its grips. */
export type Part = 'photo' | 'box' | Grip;

/** A twentieth of the photo a press, and no box that one sizes is smaller. */
const STEP = 1 / 20;

const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

export function preset({ width, height }: Size): Region {
  return { x: width / 4, y: height / 4, width: width / 2, height: height / 2 };
}

/** What becomes of a box when `part` of it is drawn from one point to another. */
export function drawn(box: Region, part: Part, from: At, to: At, size: Size): Region {
  if (part === 'photo') return between(from, to);
  const by = { x: to.x - from.x, y: to.y - from.y };
  return part === 'box' ? moved(box, by, size) : sized(box, part, by, size);
}

/** The same box, whole, elsewhere on the photo. */
export function moved(box: Region, by: At, { width, height }: Size): Region {
  return {
    ...box,
    x: clamp(box.x + by.x, 0, width - box.width),
    y: clamp(box.y + by.y, 0, height - box.height),
  };
}

/** The edges that a grip holds go along; none passes the opposite one, or the photo's. */
function sized(box: Region, grip: Grip, by: At, { width, height }: Size): Region {
  const along = (
    [start, length]: readonly [number, number],
    delta: number,
    whole: number,
    [before, behind]: readonly [string, string],
  ): [number, number] => {
    const least = Math.min(length, whole * STEP);
    const end = start + length;
    if (grip.includes(before)) {
      const to = clamp(start + delta, 0, end - least);
      return [to, end - to];
    }
    return grip.includes(behind)
      ? [start, clamp(end + delta, start + least, whole) - start]
      : [start, length];
  };
  const [x, boxWidth] = along([box.x, box.width], by.x, width, ['w', 'e']);
  const [y, boxHeight] = along([box.y, box.height], by.y, height, ['n', 's']);
  return { x, y, width: boxWidth, height: boxHeight };
}

/** Arrows move the box, or the corner that has the focus; with Shift they size it at its lower right. */
export function keyed(
  box: Region,
  { key, shiftKey }: Pick<KeyboardEvent, 'key' | 'shiftKey'>,
  part: Part,
  size: Size,
): Region | null {
  const arrow = ARROWS[key];
  if (!arrow) return null;
  const by = { x: arrow[0] * size.width * STEP, y: arrow[1] * size.height * STEP };
  if (part !== 'box' && part !== 'photo') return sized(box, part, by, size);
  return shiftKey ? sized(box, 'se', by, size) : moved(box, by, size);
}

/** The middle goes to this point, as far as the photo reaches. */
export function centred(box: Region, { x, y }: At, size: Size): Region {
  return moved(box, { x: x - box.x - box.width / 2, y: y - box.y - box.height / 2 }, size);
}

function between(a: At, b: At): Region {
  return {
    x: Math.min(a.x, b.x),
    y: Math.min(a.y, b.y),
    width: Math.abs(a.x - b.x),
    height: Math.abs(a.y - b.y),
  };
}
