import 'fake-indexeddb/auto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Shelf } from '../../../web/page/src/album/shelf.js';
import { photo, TABBY } from './entries.js';

const room = (quota: number, usage = 0) =>
  vi.stubGlobal('navigator', { storage: { estimate: async () => ({ quota, usage }) } });

async function emptyShelf(): Promise<Shelf> {
  const shelf = await Shelf.open();
  if (!shelf) throw new Error('no shelf');
  await shelf.clear();
  return shelf;
}

describe('the shelf', () => {
  afterEach(() => vi.unstubAllGlobals());

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

  it('is null where nothing may be stored', async () => {
    vi.stubGlobal('indexedDB', {
      open: () => {
        throw new DOMException('denied', 'SecurityError');
      },
    });
    expect(await Shelf.open()).toBeNull();
  });
});
