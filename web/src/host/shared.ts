/** Counts who uses a host: the first user opens it, the last one ends it. */
import { ShiwuError } from '../errors.js';
import type { Platform } from '../platform/platform.js';
import { isBlobLike } from '../sources/blob.js';
import { orAborted } from './abort.js';
import { Host, type HostEvents, type HostOptions } from './host.js';

interface Entry {
  readonly host: Promise<Host>;
  readonly users: Set<HostEvents>;
  readonly stop: AbortController;
}

const entries = new Map<string, Entry>();

export interface Lease {
  readonly host: Host;
  /** Call once. The host ends when nobody has a lease any more. */
  release(): Promise<void>;
}

/** Rejects with what the loading met, or as `signal` says; a failed or abandoned load can be asked for anew. */
export async function acquireHost(
  platform: Platform,
  options: HostOptions,
  events: HostEvents,
  signal: AbortSignal,
): Promise<Lease> {
  const key = keyOf(options);
  const entry = entries.get(key) ?? open(key, platform, options);
  entry.users.add(events);
  const release = async () => {
    if (!entry.users.delete(events) || entry.users.size > 0) return;
    if (entries.get(key) === entry) entries.delete(key);
    entry.stop.abort();
    await entry.host.then(
      (host) => host.stop(new ShiwuError('disposed')),
      () => {
        // It never came to be.
      },
    );
  };
  try {
    return { host: await orAborted(entry.host, signal), release };
  } catch (error) {
    void release();
    throw error;
  }
}

function open(key: string, platform: Platform, options: HostOptions): Entry {
  const users = new Set<HostEvents>();
  const stop = new AbortController();
  const toAll: HostEvents = {
    onProgress: (progress) => {
      for (const { onProgress } of users) onProgress(progress);
    },
    onWarning: (message) => {
      for (const { onWarning } of users) onWarning(message);
    },
  };
  const host = Host.open(platform, options, toAll, stop.signal);
  const entry = { host, users, stop };
  entries.set(key, entry);
  host.catch(() => {
    if (entries.get(key) === entry) entries.delete(key);
  });
  return entry;
}

const blobIds = new WeakMap<Blob, number>();
let lastBlobId = 0;

/** Files are told apart by identity: reading them to compare would cost more than it saves. */
function keyOf(options: HostOptions): string {
  return JSON.stringify(options, (_, value: unknown) => {
    if (!isBlobLike(value)) return value;
    const id = blobIds.get(value) ?? ++lastBlobId;
    blobIds.set(value, id);
    return { blob: id };
  });
}
