import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Shelf } from '../../../web/page/src/album/shelf.js';
import type { Entry } from '../../../web/page/src/album/types.js';
import { photo, TABBY } from './entries.js';
import { refuseBlobs } from './private-window.js';

const room = (quota: number, usage = 0) =>
  vi.stubGlobal('navigator', { storage: { estimate: async () => ({ quota, usage }) } });

async function emptyShelf(): Promise<Shelf> {
  const shelf = await Shelf.open(() => {});
  await shelf.erase();
  return shelf;
}

const blank = ({ corrected: _, ...entry }: Entry) => entry;
const file = (name: string, content = name) => new File([content], name);

async function put(shelf: Shelf, entries: readonly Entry[], file?: (entry: Entry) => File) {
  await shelf.add(entries.map(blank), await shelf.intake());
  if (!file) return;
  const all = entries.map((entry) => ({ key: entry.key, file: file(entry) }));
  await shelf.keepOriginals(all, () => {});
}

const paths = async (shelf: Shelf) => (await shelf.read()).entries.map(({ path }) => path);

describe('the shelf', () => {
  beforeEach(() => room(1e9));

  afterEach(() => {
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });

  it('gives back what was put on it, in the order of the album', async () => {
    const shelf = await emptyShelf();
    const first = photo('first.jpg', []);
    const second = photo('a-second.jpg', []);
    await put(shelf, [second, first], ({ path }) => file(path));
    const news = { state: 'named' as const, guesses: [TABBY] };
    await shelf.name([{ key: first.key, news, vector: Int8Array.of(1, -2, 127) }]);
    await shelf.correct([{ key: second.key, corrected: TABBY }]);
    await shelf.saveThumbnail(first.key, new Blob(['small']));
    shelf.close();

    const again = await Shelf.open(() => {});
    const all = await again.read();
    expect(all.entries).toEqual([
      { ...first, ...news },
      { ...second, corrected: TABBY },
    ]);
    expect(all.originals).toEqual(new Set([first.key, second.key]));
    expect(await again.read([second.key, 'never'])).toEqual({
      entries: [{ ...second, corrected: TABBY }],
      originals: new Set([second.key]),
    });
    expect(await again.vectors()).toEqual(new Map([[first.key, Int8Array.of(1, -2, 127)]]));
    expect(await (await again.thumbnail(first.key))?.text()).toBe('small');
    again.close();
  });

  it('changes a field and no other: a name leaves a correction, a correction a name', async () => {
    const [one, other] = [await emptyShelf(), await Shelf.open(() => {})];
    await put(one, [photo('a', [])]);
    const news = { state: 'named' as const, guesses: [TABBY] };
    await Promise.all([
      one.correct([{ key: 'a', corrected: TABBY }]),
      other.name([{ key: 'a', news }]),
    ]);
    expect((await one.read()).entries).toMatchObject([{ ...news, corrected: TABBY }]);
    await one.correct([{ key: 'a', corrected: null }]);
    expect((await other.read()).entries).toMatchObject([{ ...news, corrected: null }]);
    one.close();
    other.close();
  });

  it('brings back wholly what was removed, until it is forgotten', async () => {
    const shelf = await emptyShelf();
    const all = [photo('a', [TABBY]), photo('b', [])];
    await put(shelf, all, ({ path }) => file(path));
    await shelf.correct([{ key: 'a', corrected: TABBY }]);
    const before = await shelf.read();
    await shelf.remove(['a', 'b'], 'batch');
    expect(await shelf.read()).toEqual({ entries: [], originals: new Set() });
    expect(await shelf.read(['a'])).toEqual({ entries: [], originals: new Set() });
    await shelf.restore(['a', 'b']);
    expect(await shelf.read()).toEqual(before);

    await shelf.remove(['a'], 'first');
    await shelf.remove(['b'], 'second');
    await shelf.forget('first');
    await shelf.restore(['a', 'b']);
    expect(await paths(shelf)).toEqual(['b']);
    expect(await shelf.original('a')).toBeUndefined();
    await put(shelf, [photo('a', [])]);
    expect((await shelf.read(['a'])).entries).toMatchObject([{ corrected: null, guesses: [] }]);
    shelf.close();
  });

  it('forgets what no page can bring back any more, when it is opened', async () => {
    const offered = 'offered by a page that is open';
    const query = async () => ({ held: [{ name: offered }], pending: [] });
    vi.stubGlobal('navigator', { locks: { query, request: async () => {} } });
    const shelf = await emptyShelf();
    await put(shelf, [photo('a', []), photo('b', [])]);
    await shelf.remove(['a'], offered);
    await shelf.remove(['b'], 'offered by a page that has gone');
    shelf.close();
    const again = await Shelf.open(() => {});
    await again.restore(['a', 'b']);
    expect(await paths(again)).toEqual(['a']);
    again.close();
  });

  it('adds nothing of an intake that was ended, and knows what earlier ones added', async () => {
    const shelf = await emptyShelf();
    const before = await shelf.intake();
    await put(shelf, [photo('a', [])]);
    const now = await shelf.endIntakes();
    expect(await shelf.add([blank(photo('b', []))], before)).toBeNull();
    expect(await shelf.add([blank(photo('c', []))], now)).toEqual(['c']);
    expect((await shelf.addedBefore(now)).map(({ path }) => path)).toEqual(['a']);
    expect(await paths(shelf)).toEqual(['a', 'c']);
    shelf.close();
  });

  it('adds a photo once, and brings back one that was just removed', async () => {
    const shelf = await emptyShelf();
    const a = photo('a', []);
    await put(shelf, [a]);
    await shelf.correct([{ key: 'a', corrected: TABBY }]);
    expect(await shelf.add([blank(a)], await shelf.intake())).toEqual([]);
    await shelf.remove(['a'], 'batch');
    expect(await shelf.add([blank(a)], await shelf.intake())).toEqual(['a']);
    expect((await shelf.read()).entries).toEqual([{ ...a, corrected: TABBY }]);
    shelf.close();
  });

  it('keeps nothing of a photo that is not there any more', async () => {
    const shelf = await emptyShelf();
    await shelf.saveThumbnail('gone', new Blob(['small']));
    await shelf.keepOriginals([{ key: 'gone', file: file('gone') }], () => {});
    await shelf.name([{ key: 'gone', news: { state: 'named' }, vector: Int8Array.of(1) }]);
    expect(await shelf.thumbnail('gone')).toBeUndefined();
    expect(await shelf.original('gone')).toBeUndefined();
    expect(await shelf.vectors()).toEqual(new Map());
    expect(await paths(shelf)).toEqual([]);
    shelf.close();
  });

  it('copies no more originals than a quarter of the room has place for', async () => {
    room(4000, 400);
    const shelf = await emptyShelf();
    const names = ['a', 'b', 'c'];
    await put(
      shelf,
      names.map((name) => photo(name, [])),
      ({ path }) => file(path, 'x'.repeat(300)),
    );
    const { entries, originals } = await shelf.read();
    expect(entries.map(({ path }) => path)).toEqual(names);
    expect(originals).toEqual(new Set(['a', 'b']));
    shelf.close();
  });

  it('keeps entries, originals and small pictures where no Blob may be stored', async () => {
    const shelf = await emptyShelf();
    refuseBlobs();
    const names = ['a.jpg', 'b.png'];
    const original = ({ path }: Entry) =>
      new File([`bytes of ${path}`], path, { type: 'image/x', lastModified: 7 });
    await put(
      shelf,
      names.map((name) => photo(name, [])),
      original,
    );
    await shelf.saveThumbnail('a.jpg', new Blob(['small'], { type: 'image/webp' }));
    expect(await paths(shelf)).toEqual(names);
    for (const name of names) {
      const again = await shelf.original(name);
      expect(again).toBeInstanceOf(File);
      expect(again).toMatchObject({ name, type: 'image/x', lastModified: 7 });
      expect(await again?.text()).toBe(`bytes of ${name}`);
    }
    const small = await shelf.thumbnail('a.jpg');
    expect(small?.type).toBe('image/webp');
    expect(await small?.text()).toBe('small');
    shelf.close();
  });

  it('copies originals up to a fixed sum where the room is not told', async () => {
    vi.stubGlobal('navigator', {});
    const shelf = await emptyShelf();
    for (const [name, size] of [
      ['a', 150e6],
      ['b', 60e6],
      ['c', 40e6],
    ] as const) {
      const original = file(name);
      Object.defineProperty(original, 'size', { value: size });
      await put(shelf, [{ ...photo(name, []), size }], () => original);
    }
    expect((await shelf.read()).originals).toEqual(new Set(['a', 'c']));
    shelf.close();
  });

  it('cannot be opened where nothing may be stored', async () => {
    vi.stubGlobal('indexedDB', {
      open: () => {
        throw new DOMException('denied', 'SecurityError');
      },
    });
    await expect(Shelf.open(() => {})).rejects.toMatchObject({ bar: 'denied' });
  });
});
