/** Pictures that look alike, on the caller's side: what is compared travels to a worker as one block. */
import { ShiwuError } from './errors.js';
import type { GroupOptions, NearestOptions } from './types.js';

/** As the page takes two photos for the same picture: docs/library.md says what that is worth. */
const SAME = 0.85;
const NEAREST = 20;

/** Vectors of one length, one behind the other, and where they stood among all. */
export interface Block {
  readonly levels: Int8Array<ArrayBuffer>;
  readonly indexes: readonly number[];
}

/** Those of this length; others are of another model. */
function blockOf(all: readonly Int8Array[], size: number): Block {
  const indexes = all.flatMap((each, index) => (each.length === size ? [index] : []));
  const levels = new Int8Array(size * indexes.length);
  for (const [at, index] of indexes.entries()) levels.set(all[index] as Int8Array, at * size);
  return { levels, indexes };
}

export interface Nearest extends Block {
  readonly limit: number;
  readonly least: number;
}

export function toNearest(
  one: Int8Array,
  among: readonly Int8Array[],
  { limit = NEAREST, least = -1 }: NearestOptions,
): Nearest {
  checkVectors([one]);
  checkVectors(among);
  if (!Number.isInteger(limit) || limit < 1) {
    throw new ShiwuError('invalid-argument', `limit ${limit}`);
  }
  if (!Number.isFinite(least)) throw new ShiwuError('invalid-argument', `least ${least}`);
  return { ...blockOf(among, one.length), limit, least };
}

export interface ToGroup extends Block {
  readonly size: number;
  /** As many for each vector, numbered from 0 on; -1: none. Empty: all are compared. */
  readonly tags: Int32Array<ArrayBuffer>;
  readonly least: number;
}

/** One for each length there is. */
export function toGroup(
  all: readonly Int8Array[],
  { least = SAME, tags }: GroupOptions,
): readonly ToGroup[] {
  checkVectors(all);
  if (!(least > 0 && least <= 1)) throw new ShiwuError('invalid-argument', `least ${least}`);
  if (tags && (tags.length !== all.length || !tags.every(Array.isArray))) {
    throw new ShiwuError('invalid-argument', `tags of ${tags.length} where ${all.length} vectors`);
  }
  return [...new Set(all.map(({ length }) => length))].map((size) => {
    const block = blockOf(all, size);
    const own = tags && block.indexes.map((index) => tags[index] as readonly string[]);
    return { ...block, size, least, tags: own ? numbered(own) : new Int32Array() };
  });
}

function numbered(tags: readonly (readonly string[])[]): Int32Array<ArrayBuffer> {
  const numbers = new Map<string, number>();
  // One at least: without any, all would be compared.
  const most = Math.max(1, ...tags.map(({ length }) => length));
  const all = new Int32Array(most * tags.length).fill(-1);
  for (const [i, own] of tags.entries()) {
    for (const [k, tag] of own.entries()) {
      const number = numbers.get(tag) ?? numbers.size;
      numbers.set(tag, number);
      all[i * most + k] = number;
    }
  }
  return all;
}

/** The groups of two and more, by the index of each vector's first. */
export function groupsOf(indexes: Block['indexes'], firsts: Int32Array): number[][] {
  const groups = new Map<number, number[]>();
  for (const [i, first] of firsts.entries()) {
    const group = groups.get(first) ?? [];
    groups.set(first, group);
    group.push(indexes[i] as number);
  }
  return [...groups.values()].filter(({ length }) => length > 1);
}

/** For callers without types. */
function checkVectors(all: readonly Int8Array[]): void {
  for (const each of all) {
    if (!(each instanceof Int8Array) || each.length === 0) {
      throw new ShiwuError('invalid-argument', 'levels are an Int8Array, as classify returns them');
    }
  }
}
