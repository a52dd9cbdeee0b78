/** Runs in the page: loadAssets by itself, as an app's code would call it. */
import { loadAssets } from '../../../web/src/assets/load.js';
import type { Asset } from '../../../web/src/assets/locate.js';

export interface Outcome {
  /** `loaded`, or the code of the error. */
  readonly code: string;
  /** Hex SHA-256 of each file. */
  readonly hashes: string[];
  readonly progress: [loaded: number, total: number][];
  /** Milliseconds. */
  readonly took: number;
}

let controller = new AbortController();
let arrived = 0;

async function load(assets: readonly Asset[], cache = true): Promise<Outcome> {
  controller = new AbortController();
  const progress: [number, number][] = [];
  const started = performance.now();
  let code = 'loaded';
  let files: Uint8Array<ArrayBuffer>[] = [];
  try {
    files = await loadAssets(assets, {
      cache,
      signal: controller.signal,
      onBytes: (...counts) => {
        [arrived] = counts;
        progress.push(counts);
      },
    });
  } catch (error) {
    code = (error as { code?: string }).code ?? String(error);
  }
  const took = performance.now() - started;
  // Hashing copies the files: in a task of its own, not in loadAssets' last.
  await new Promise((resolve) => setTimeout(resolve));
  const hashes = await Promise.all(files.map(sha256));
  if (code === 'loaded') await written();
  return { code, hashes, progress, took };
}

/** Whether this page's writes shall never end. */
let stalled = false;

/** Files are kept while their page goes on already; it holds their locks as long. */
async function written(): Promise<void> {
  const { locks } = navigator;
  if (!locks || stalled) return;
  const held = async () => (await locks.query()).held ?? [];
  const probe = `probe ${Math.random()}`;
  const own = await locks.request(probe, async () =>
    (await held()).find(({ name }) => name === probe),
  );
  const writes = async () =>
    (await held()).some(
      ({ name, clientId }) => clientId === own?.clientId && name?.startsWith('shiwu '),
    );
  while (await writes()) await new Promise((resolve) => setTimeout(resolve, 5));
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The store's contents, for looking and for tampering. */
const entries = async (kind: 'data' | 'note') => {
  const cache = await caches.open('shiwu-assets');
  const keys = await cache.keys();
  return { cache, keys: keys.filter(({ url }) => url.includes(`/${kind}/`)) };
};

const page = {
  load,
  abort: () => controller.abort(),
  /** Bytes of the load under way. */
  arrived: () => arrived,
  async kept(): Promise<number> {
    return (await entries('data')).keys.length;
  },
  /** Bytes of each file as it lies there. */
  async sizes(): Promise<number[]> {
    const { cache, keys } = await entries('data');
    const responses = keys.map(async (key) => (await cache.match(key)) as Response);
    return Promise.all(responses.map(async (response) => (await (await response).blob()).size));
  },
  async spoil(): Promise<void> {
    const { cache, keys } = await entries('data');
    for (const key of keys) {
      const bytes = new Uint8Array(await ((await cache.match(key)) as Response).arrayBuffer());
      bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
      await cache.put(key, new Response(bytes));
    }
  },
  /** Whole days since each file was read, as noted. */
  async ages(): Promise<number[]> {
    const { cache, keys } = await entries('note');
    const notes = keys.map(
      async (key) => ((await cache.match(key)) as Response).json() as Promise<{ used: number }>,
    );
    return (await Promise.all(notes)).map(({ used }) =>
      Math.floor((Date.now() - used) / 86_400_000),
    );
  },
  /** As if storage never came to an end of writing. */
  stall(): void {
    stalled = true;
    Cache.prototype.put = () => new Promise(() => {});
  },
  /** As if all had been read last so many days ago. */
  async age(days: number): Promise<void> {
    const { cache, keys } = await entries('note');
    for (const key of keys) {
      const note = (await ((await cache.match(key)) as Response).json()) as object;
      const used = Date.now() - days * 86_400_000;
      await cache.put(key, new Response(JSON.stringify({ ...note, used })));
    }
  },
};

export type AssetsPage = typeof page;
Object.assign(globalThis, { assets: page });
