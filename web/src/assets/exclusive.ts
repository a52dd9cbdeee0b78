/** One tab works, the others wait for what it makes. */
import { throwIfAborted } from './download.js';

/** Milliseconds without a word from the tab at work after which a waiting one helps itself. */
const PATIENCE = 5000;

export interface ExclusiveOptions<News> {
  readonly signal?: AbortSignal | undefined;
  /** Hears, while waiting, what the tab at work tells. */
  readonly onNews: (news: News) => void;
  readonly patience?: number;
}

/**
 * Runs `work` while no other page of the origin runs work of the same name. It never waits for a
 * page that is frozen or stuck: then `work` runs beside that. Without the Web Locks API it runs at
 * once.
 */
export async function exclusively<T, News>(
  name: string,
  options: ExclusiveOptions<News>,
  work: (tell: (news: News) => void) => Promise<T>,
): Promise<T> {
  const { signal, onNews, patience = PATIENCE } = options;
  throwIfAborted(signal);
  const means = meansOf(name);
  if (!means) return work(() => {});
  const { locks, channel } = means;
  const waiting = new AbortController();
  const stop = () => waiting.abort();
  signal?.addEventListener('abort', stop, { once: true });
  let timer = setTimeout(stop, patience);
  let begun = false;
  channel.onmessage = ({ data }: MessageEvent<News>) => {
    if (begun) return;
    clearTimeout(timer);
    timer = setTimeout(stop, patience);
    onNews(data);
  };
  try {
    // The lock is let go when this callback settles, or the page goes away.
    return await locks.request(name, { signal: waiting.signal }, () => {
      begun = true;
      clearTimeout(timer);
      return work((news) => channel.postMessage(news));
    });
  } catch (error) {
    if (begun) throw error;
    throwIfAborted(signal);
    begun = true;
    return await work(() => {});
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
    channel.close();
  }
}

/** undefined where the browser has them not, or refuses them. */
function meansOf(name: string): { locks: LockManager; channel: BroadcastChannel } | undefined {
  try {
    const { locks } = navigator;
    return locks && { locks, channel: new BroadcastChannel(name) };
  } catch {
    return undefined;
  }
}
