import type { Category } from 'shiwu';
import { drawerOf } from './groups.js';
import { type Entry, isLikely, nameOf } from './types.js';

/**
 * The categories that people sort their photos by, finer than 动物 and coarser than 比格犬. What lies in none of them
 * counts with the rest of its drawer.
 */
const EVERYDAY: ReadonlySet<string> = new Set(
  `mammal dog wolf fox cat wild-cat bear mustelid primate equine swine cattle sheep-goat antelope camelid elephant
  rabbit rodent marsupial marine-mammal bird reptile snake lizard turtle crocodilian amphibian frog salamander fish
  invertebrate insect arachnid crustacean mollusk plant flower wild-fruit fungus fruit vegetable grain dish bread
  dessert drink land-vehicle motor-vehicle bicycle motorcycle train boat aircraft airplane building shop
  religious-site bridge tower public-facility landscape mountain-land shore animal-home clothing shoe hat bag
  accessory furniture lighting bathroom container kitchen computer phone audio-video camera appliance instrument
  sport toy stationery tool machine measure medical weapon person`.split(/\s+/),
);

/** In which everyday category a photo lies; undefined where it cannot be told what it shows. */
export function everydayOf(entry: Entry): Category | undefined {
  if (!isLikely(entry)) return undefined;
  const categories = nameOf(entry)?.categories ?? [];
  return categories.findLast(({ id }) => EVERYDAY.has(id)) ?? drawerOf(entry);
}

/** Whether people sort by it: 动物 and 器物 say too little. */
export function isEveryday(id: string): boolean {
  return EVERYDAY.has(id);
}

/** A tile of the album: a category, how many photos it has, and one of them to show. */
export interface Tile {
  readonly id: string;
  readonly zh: string;
  readonly en: string;
  readonly count: number;
  /** Key of the photo that is the surest. */
  readonly cover: string;
}

/** The everyday categories with photos in them, the fullest first. */
export function tilesOf(entries: readonly Entry[]): Tile[] {
  const found = new Map<string, { category: Category; count: number; cover: Entry }>();
  for (const entry of entries) {
    const category = everydayOf(entry);
    if (!category) continue;
    const tile = found.get(category.id);
    if (!tile) {
      found.set(category.id, { category, count: 1, cover: entry });
      continue;
    }
    tile.count++;
    if (scoreOf(entry) > scoreOf(tile.cover)) tile.cover = entry;
  }
  return [...found.values()]
    .map(({ category: { id, zh, en }, count, cover }) => ({ id, zh, en, count, cover: cover.key }))
    .sort((a, b) => b.count - a.count);
}

function scoreOf(entry: Entry): number {
  return nameOf(entry)?.score ?? 0;
}
