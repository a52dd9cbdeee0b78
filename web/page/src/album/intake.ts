import { isPicture } from '../input/pictures.js';
import { untilStored } from '../kept/pending.js';
import { keepForGood } from '../kept/persist.js';
import type { Found } from '../state/inbox.js';
import {
  couldNotStore,
  entries,
  hold,
  openAlbum,
  reread,
  show,
  storeNoMore,
  tellOthers,
  theShelf,
} from './album-state.js';
import { pacer } from './pacer.js';
import type { Entry } from './types.js';

/** What became of the files that were put in. */
export interface Added {
  readonly added: number;
  /** Already in the album. */
  readonly again: number;
  /** No pictures. */
  readonly skipped: number;
}

/** Files are taken in one lot after the other. */
let adding: Promise<unknown> = Promise.resolve();

/** Counts the times that intakes were ended. */
let ended = 0;

/** Null when the intake was ended before all of it was in. What is counted is stored, where anything may be. */
export function addToAlbum(found: readonly Found[]): Promise<Added | null> {
  const mine = ended;
  const added = adding.then(() => takeIn(found, () => mine !== ended));
  adding = added;
  untilStored(added);
  return added;
}

/** Lets nothing more in of what was put in until now, in this tab or another; then does `act` before what comes next. */
export function endIntakes(act: (intake: string | null) => Promise<void>): void {
  ended++;
  // Sent off in this task, as everything that a person does.
  const next = theShelf()?.endIntakes();
  next?.catch(couldNotStore);
  adding = adding.then(async () => act((await next) ?? null)).catch(couldNotStore);
}

/** More at once, and the page would miss a frame: a file on a disk is slow to tell its size. */
const LOT = 50;

async function takeIn(found: readonly Found[], isEnded: () => boolean): Promise<Added | null> {
  await openAlbum();
  const breathe = pacer();
  const intake = (await theShelf()?.intake().catch(couldNotStore)) ?? '';
  const sum = { added: 0, again: 0, skipped: 0 };
  for (let i = 0; i < found.length; i += LOT) {
    const pictures = found.slice(i, i + LOT).filter(({ file, path }) => isPicture(path, file.type));
    const lot: Arrived[] = [];
    for (const { file, path } of pictures) {
      const key = `${path}\n${file.size}\n${file.lastModified}`;
      if (!lot.some((each) => each.key === key)) lot.push({ key, path, file });
      await breathe();
    }
    if (isEnded()) return null;
    const fresh = await put(lot, intake);
    if (fresh === null) return null;
    sum.added += fresh;
    sum.again += pictures.length - fresh;
    sum.skipped += Math.min(LOT, found.length - i) - pictures.length;
  }
  return sum;
}

interface Arrived {
  readonly key: string;
  readonly path: string;
  readonly file: File;
}

/** Stores, then shows what is new; the files of the rest are at hand again. Gives how many are new. */
async function put(lot: readonly Arrived[], intake: string): Promise<number | null> {
  const known = new Set(entries.value.map(({ key }) => key));
  const first = (entries.value.at(-1)?.order ?? -1) + 1;
  const blanks = lot
    .filter(({ key }) => !known.has(key))
    .map(({ key, path, file }, n) => blank(key, first + n, path, file));
  const shelf = theShelf();
  const stored = await shelf
    ?.add(
      blanks.map(({ corrected: _, ...entry }) => entry),
      intake,
    )
    .catch(storeNoMore);
  if (stored === null) return null;
  hold(lot);
  if (!shelf || !stored) {
    show(blanks);
    return blanks.length;
  }
  tellOthers(stored);
  // Among them may be what was just removed, or what another tab has put in.
  await reread(blanks.map(({ key }) => key));
  if (stored.length > 0) keepForGood();
  const fresh = lot.filter(({ key }) => stored.includes(key));
  untilStored(shelf.keepOriginals(fresh, tellOthers).catch(couldNotStore));
  return stored.length;
}

function blank(key: string, order: number, path: string, file: File): Entry {
  return {
    key,
    order,
    path,
    size: file.size,
    modified: file.lastModified,
    state: 'waiting',
    guesses: [],
    answer: null,
    width: 0,
    height: 0,
    failure: null,
    corrected: null,
  };
}
