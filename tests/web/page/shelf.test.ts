import 'fake-indexeddb/auto';
import { openDB } from 'idb';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { DATABASE, Shelf } from '../../../web/page/src/album/shelf.js';
import { photo, TABBY } from './entries.js';
import { refuseBlobs } from './private-window.js';

const room = (quota: number, usage = 0) =>
  vi.stubGlobal('navigator', { storage: { estimate: async () => ({ quota, usage }) } });

async function emptyShelf(): Promise<Shelf> {
  const shelf = await Shelf.open();
  if (!shelf) throw new Error('no shelf');
  await shelf.clear();
  return shelf;
}

describe('the shelf', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });

  it('gives back what was put on it, in the order of the album', async () => {
    room(1e9);
    const shelf = await emptyShelf();
    const first = photo('first.jpg', []);
    const second = photo('a-second.jpg', []);
    await shelf.add([
      { entry: second, original: new File(['2'], 'a-second.jpg') },
      { entry: first, original: new File(['1'], 'first.jpg') },
    ]);
    const named = { ...first, state: 'named' as const, guesses: [TABBY] };
    await shelf.save([{ entry: named, vector: Int8Array.of(1, -2, 127) }]);
    await shelf.saveThumbnail(first.key, new Blob(['small']));
    shelf.close();

    const again = await Shelf.open();
    expect(await again?.entries()).toEqual([named, second]);
    expect(await again?.keysOfOriginals()).toEqual(new Set([first.key, second.key]));
    expect(await again?.vectors()).toEqual(new Map([[first.key, Int8Array.of(1, -2, 127)]]));
    await again?.remove([first.key]);
    expect(await again?.entries()).toEqual([second]);
    expect(await again?.original(first.key)).toBeUndefined();
    expect(await again?.thumbnail(first.key)).toBeUndefined();
    expect(await again?.vectors()).toEqual(new Map());
    again?.close();
  });

  it('copies no more originals than a quarter of the room has place for', async () => {
    room(4000, 400);
    const shelf = await emptyShelf();
    const names = ['a', 'b', 'c'];
    await shelf.add(
      names.map((name) => ({
        entry: photo(name, []),
        original: new File(['x'.repeat(300)], name),
      })),
    );
    expect((await shelf.entries()).map(({ path }) => path)).toEqual(names);
    expect(await shelf.keysOfOriginals()).toEqual(new Set(['a', 'b']));
    shelf.close();
  });

  it('keeps entries, originals and small pictures where no Blob may be stored', async () => {
    room(1e9);
    const shelf = await emptyShelf();
    refuseBlobs();
    const names = ['a.jpg', 'b.png'];
    const all = names.map((name) => ({
      entry: photo(name, []),
      original: new File([`bytes of ${name}`], name, { type: 'image/x', lastModified: 7 }),
    }));
    await shelf.add(all);
    await shelf.saveThumbnail('a', new Blob(['small'], { type: 'image/webp' }));
    expect((await shelf.entries()).map(({ path }) => path).sort()).toEqual(names);
    for (const { entry, original } of all) {
      const again = await shelf.original(entry.key);
      expect(again).toBeInstanceOf(File);
      expect(again).toMatchObject({ name: original.name, type: 'image/x', lastModified: 7 });
      expect(await again?.text()).toBe(`bytes of ${original.name}`);
    }
    const small = await shelf.thumbnail('a');
    expect(small?.type).toBe('image/webp');
    expect(await small?.text()).toBe('small');
    shelf.close();
  });

  it('reads small pictures that were kept as Blobs', async () => {
    const shelf = await emptyShelf();
    shelf.close();
    const database = await openDB(DATABASE);
    await database.put('thumbnails', new Blob(['before']), 'old');
    database.close();
    const again = await Shelf.open();
    expect(await (await again?.thumbnail('old'))?.text()).toBe('before');
    again?.close();
  });

  it('copies originals up to a fixed sum where the room is not told', async () => {
    vi.stubGlobal('navigator', {});
    const shelf = await emptyShelf();
    const lot = (name: string, size: number) => {
      const original = new File(['x'], name);
      Object.defineProperty(original, 'size', { value: size });
      return [{ entry: { ...photo(name, []), size }, original }];
    };
    await shelf.add(lot('a', 150e6));
    await shelf.add(lot('b', 60e6));
    await shelf.add(lot('c', 40e6));
    expect(await shelf.keysOfOriginals()).toEqual(new Set(['a', 'c']));
    shelf.close();
  });

  it('keeps the whole list before the first copy, so that no later copy undoes a name', async () => {
    room(1e9);
    const shelf = await emptyShelf();
    const all = Array.from({ length: 60 }, (_, i) => ({
      entry: photo(String(i).padStart(2, '0'), []),
      original: new File(['x'], String(i)),
    }));
    const adding = shelf.add(all);
    const last = { ...photo('59', []), state: 'named' as const };
    await shelf.save([{ entry: last }]);
    await adding;
    expect(await shelf.entries()).toContainEqual(last);
    shelf.close();
  });

  it('is null where nothing may be stored', async () => {
    vi.stubGlobal('indexedDB', {
      open: () => {
        throw new DOMException('denied', 'SecurityError');
      },
    });
    expect(await Shelf.open()).toBeNull();
  });
});
