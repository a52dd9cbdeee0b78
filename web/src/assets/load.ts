/** From assets to their plain bytes: kept ones first, the rest from the network, all checked. */
import { ShiwuError } from '../errors.js';
import { expected, open, sha256Of } from './check.js';
import { type Downloaded, type DownloadOptions, download, throwIfAborted } from './download.js';
import { exclusively } from './exclusive.js';
import type { Asset } from './locate.js';
import { type Kept, Store } from './store.js';
import { unpack } from './unpack.js';

type Bytes = Uint8Array<ArrayBuffer>;

export interface LoadOptions {
  /** Keep the files in the browser's storage, and look there first. */
  readonly cache: boolean;
  readonly signal?: AbortSignal | undefined;
  /** Sums over all files, as packed; `total` is 0 as long as one file's size is not known. */
  onBytes(loaded: number, total: number): void;
  /** Called with each file's unpacked bytes when they are there. */
  onFile?(index: number, bytes: Bytes): void;
}

/** Milliseconds until the storage is tidied up: the first answer, which follows the files, goes before. */
const TIDY_MS = 3000;

type Report = (loaded: number, total: number) => void;

/**
 * Loads files side by side, and resolves to their unpacked bytes in the same order. One failure
 * stops the others: `network`, `not-found`, `truncated-download`, `tampered-download`, `aborted`.
 */
export async function loadAssets(
  assets: readonly Asset[],
  { cache, signal, onBytes, onFile }: LoadOptions,
): Promise<Bytes[]> {
  throwIfAborted(signal);
  const all = new AbortController();
  const stop = () => all.abort(signal?.reason);
  signal?.addEventListener('abort', stop, { once: true });
  const loaded = assets.map(() => 0);
  const totals = assets.map(({ bytes }) => bytes);
  try {
    const store = cache ? await Store.open() : undefined;
    const files = await Promise.all(
      assets.map(async (asset, i) => {
        const plain = await loadOne(asset, store, all.signal, (bytes, total) => {
          if (all.signal.aborted) return;
          // A try that starts anew is seen again when it overtakes the one before.
          loaded[i] = Math.max(loaded[i] ?? 0, bytes);
          totals[i] = total;
          onBytes(sum(loaded), totals.every((size) => size > 0) ? sum(totals) : 0);
        });
        onFile?.(i, plain);
        return plain;
      }),
    );
    if (store) setTimeout(() => void store.tidy(), TIDY_MS);
    return files;
  } catch (error) {
    all.abort();
    throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

/** Times the packed size that a kept file may have. */
const SPACIOUS = 1.75;

async function loadOne(
  asset: Asset,
  store: Store | undefined,
  signal: AbortSignal,
  report: Report,
): Promise<Bytes> {
  // What `blob:` and `data:` name is at hand anyway.
  if (!store || !/^https?:/.test(asset.url)) {
    return (await fetchWhole(asset, signal, report)).plain;
  }
  const key = asset.sha256 ?? asset.url;
  const recall = async () => {
    const kept = await store.read(key);
    throwIfAborted(signal);
    if (!kept || (await isIntact(asset, kept))) return kept;
    await store.delete(key);
    return undefined;
  };
  const use = ({ bytes }: Kept) => {
    const size = asset.bytes || bytes.length;
    report(size, size);
    return unpack(bytes, asset.name);
  };
  const keep = async ({ bytes, etag, lastModified, plain }: Fetched): Promise<void> => {
    // Where packing saves little room, the next visit rather saves unpacking.
    const kept = asset.plain && plain.length < SPACIOUS * bytes.length ? plain : bytes;
    // Both copy at once what the caller may give away.
    const file = new Blob([kept]);
    const hashed = expected(asset, kept)?.sha256 ?? sha256Of(kept);
    const sha256 = (await hashed) ?? '';
    await store.write(key, file, { url: asset.url, sha256, etag, lastModified });
  };
  /** A file known by its hash cannot be out of date. */
  const final = asset.sha256 !== undefined;

  const kept = final ? await recall() : undefined;
  if (kept) return use(kept);
  return new Promise((resolve, reject) => {
    exclusively<void, [loaded: number, total: number]>(
      `shiwu ${key}`,
      { signal, onNews: (news) => report(...news) },
      async (tell) => {
        const reportAndTell: Report = (...news) => {
          report(...news);
          tell(news);
        };
        // Another page may have brought it meanwhile.
        const kept = await recall();
        const fetched = !kept
          ? await fetchWhole(asset, signal, reportAndTell)
          : final
            ? undefined
            : await fetchNewer(asset, kept, signal, reportAndTell);
        if (!fetched) return resolve(use(kept as Kept));
        // Other pages wait until it is kept, this one does not.
        const written = keep(fetched);
        resolve(fetched.plain);
        await written;
      },
    ).catch(reject);
  });
}

interface Fetched extends Downloaded {
  readonly plain: Bytes;
}

async function fetchWhole(
  asset: Asset,
  signal: AbortSignal,
  report: Report,
  fresh = false,
): Promise<Fetched> {
  const options = { signal, fresh, onBytes: inPackedBytes(asset, report) };
  const arrived = (await download(asset.url, options)) as Downloaded;
  try {
    return await finish(asset, arrived, report);
  } catch (error) {
    // The usual cause is an older version, or half of one, in the browser's HTTP cache.
    if (fresh || !hasCode(error, 'truncated-download', 'tampered-download')) throw error;
    return fetchWhole(asset, signal, report, true);
  }
}

/** Milliseconds that a file at hand waits for its server to speak of a newer one. */
const PATIENCE = 4000;

/** undefined: the kept file is up to date, or its server cannot be reached. */
async function fetchNewer(
  asset: Asset,
  { note }: Kept,
  signal: AbortSignal,
  report: Report,
): Promise<Fetched | undefined> {
  const onBytes = inPackedBytes(asset, report);
  const known = { etag: note.etag, lastModified: note.lastModified };
  const options: DownloadOptions = { signal, onBytes, known, backoff: [], patience: PATIENCE };
  let arrived: Downloaded | undefined;
  try {
    arrived = await download(asset.url, options);
  } catch (error) {
    if (hasCode(error, 'network', 'truncated-download')) return undefined;
    throw error;
  }
  return arrived && finish(asset, arrived, report);
}

async function finish(asset: Asset, arrived: Downloaded, report: Report): Promise<Fetched> {
  const plain = await open(asset, arrived.bytes);
  const size = asset.bytes || arrived.bytes.length;
  report(size, size);
  return { ...arrived, plain };
}

/** Where the host unpacks on the way, received bytes are scaled to what was sent. */
function inPackedBytes(asset: Asset, report: Report): NonNullable<DownloadOptions['onBytes']> {
  const { bytes, plain } = asset;
  return (received, total, packed) => {
    if (!bytes) return report(received, total);
    const sent = packed || !plain ? received : Math.round((received / plain.bytes) * bytes);
    report(Math.min(sent, bytes), bytes);
  };
}

async function isIntact(asset: Asset, { bytes, note }: Kept): Promise<boolean> {
  const sha256 = asset.sha256 === undefined ? note.sha256 : expected(asset, bytes)?.sha256;
  return (await sha256Of(bytes)) === sha256;
}

function hasCode(error: unknown, ...codes: ShiwuError['code'][]): boolean {
  return error instanceof ShiwuError && codes.includes(error.code);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}
