/** Class activation maps on the caller's side. */
import { ShiwuError } from './errors.js';
import type { PaintOptions, Places } from './runtime/core.js';
import type { ClassMaps, MapsData, PaintMapOptions, Place, Region } from './types.js';

export class Maps implements ClassMaps {
  readonly width: number;
  readonly height: number;
  readonly region: Region;
  readonly picture: ClassMaps['picture'];
  readonly ids: readonly string[];
  readonly values: Float32Array;

  constructor({ width, height, region, picture, ids, values }: MapsData) {
    this.width = width;
    this.height = height;
    this.region = region;
    this.picture = picture;
    this.ids = ids;
    this.values = values;
  }

  at(of: string | number): Float32Array {
    const index = typeof of === 'string' ? this.ids.indexOf(of) : of;
    if (!Number.isInteger(index) || index < 0 || index >= this.ids.length) {
      throw new ShiwuError('invalid-argument', `no class has the id ${of}`);
    }
    const places = this.width * this.height;
    return this.values.subarray(index * places, (index + 1) * places);
  }
}

/** Of maps that may have been stored: their methods do not travel. */
export function checkMaps(maps: MapsData): MapsData {
  const { width, height, region, picture, ids, values } = maps ?? {};
  if (!(values instanceof Float32Array) || values.length !== width * height * ids?.length) {
    throw new ShiwuError('invalid-argument', 'maps');
  }
  return { width, height, region, picture, ids, values };
}

export function checkPlace(place: Place): Place {
  const { x, y, width, height } = { width: 0, height: 0, ...place };
  if (![x, y, width, height].every(Number.isFinite) || width < 0 || height < 0) {
    throw new ShiwuError('invalid-argument', `place ${width} x ${height} at ${x}, ${y}`);
  }
  return 'width' in place ? { x, y, width, height } : { x, y };
}

const PIXELS_A_PLACE = 32;
const MOST_PIXELS = 4096;

/** The map that is wanted, and how it is to be painted. */
export function toPaint(
  maps: MapsData,
  { of, against, width, height }: PaintMapOptions,
): { map: Places; paint: PaintOptions } {
  const all = new Maps(checkMaps(maps));
  const to = {
    width: checkSide(width ?? PIXELS_A_PLACE * all.width),
    height: checkSide(height ?? PIXELS_A_PLACE * all.height),
  };
  const wanted = all.at(of);
  const other = against === undefined ? undefined : all.at(against);
  const values = other ? wanted.map((each, i) => each - (other[i] as number)) : wanted.slice();
  const map = { values, height: all.height, width: all.width };
  let [low, high] = [Math.min(...values), Math.max(...values)];
  if (other) high = Math.max(-low, high);
  if (other) low = -high;
  // The same everywhere: no place stands out.
  if (!(low < high)) high = low + 1;
  return { map, paint: { low, high, scale: other ? 'berlin' : 'inferno', to } };
}

function checkSide(side: number): number {
  if (Number.isInteger(side) && side >= 1 && side <= MOST_PIXELS) return side;
  throw new ShiwuError('invalid-argument', `a map of ${side} pixels`);
}
