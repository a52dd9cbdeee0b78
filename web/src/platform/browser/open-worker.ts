/** Starts a browser's worker, by a way round where the plain one is barred; what bars both is said. */
import { PATIENCE } from '../../assets/download.js';
import { Patience } from '../../assets/patience.js';
import { ShiwuError } from '../../errors.js';
import { type Alive, STARTED } from '../../worker/protocol.js';
import { baseAddress } from './address.js';
import { trustedScript } from './trusted.js';
import { Violations } from './violations.js';

export interface OpenedEvents<Reply> {
  onReply(reply: Reply): void;
  /** It has ended, or never began. */
  onCrash(reason: ShiwuError): void;
  /** A message that waited for the start cannot be sent: it holds what cannot be cloned. */
  onUnsent(message: unknown, cause: unknown): void;
}

export interface OpenedWorker {
  /** Messages wait until the worker runs. */
  post(message: unknown, transfer: Transferable[]): void;
  terminate(): void;
}

/**
 * `start` holds the expression `new Worker(new URL('…', import.meta.url), …)`; `policy` is the name for Trusted
 * Types. A script of another origin (a CDN), and one that the page's Cross-Origin-Embedder-Policy refuses for
 * want of a header, are imported by a script of the page's own, at a blob: address.
 */
export function openWorker<Reply>(
  start: () => Worker,
  policy: string,
  { onReply, onCrash, onUnsent }: OpenedEvents<Reply>,
): OpenedWorker {
  const waiting: [message: unknown, transfer: Transferable[]][] = [];
  let worker: Worker | undefined;
  let running = false;
  let ended = false;
  const end = () => {
    ended = true;
    worker?.terminate();
  };
  const crash = (reason: ShiwuError) => {
    if (ended) return;
    end();
    onCrash(reason);
  };
  const attempt = (make: () => Worker) => {
    worker = make();
    return begun(worker);
  };
  startSomehow(start, policy, attempt, () => ended).then(
    () => {
      if (!worker || ended) return end();
      worker.onmessage = ({ data }: MessageEvent<Reply | Alive>) => {
        if (isAlive(data)) whenFree(data.alive, () => crash(crashed('it ended without a word')));
        else onReply(data);
      };
      worker.onmessageerror = () => crash(crashed('a message could not be read'));
      worker.onerror = (event) => {
        event.preventDefault();
        crash(crashed(event.message ?? 'it ended'));
      };
      running = true;
      for (const [message, transfer] of waiting.splice(0)) {
        try {
          worker.postMessage(message, transfer);
        } catch (cause) {
          onUnsent(message, cause);
        }
      }
    },
    (reason: unknown) => crash(reason instanceof ShiwuError ? reason : crashed(String(reason))),
  );
  return {
    post(message, transfer) {
      if (running) worker?.postMessage(message, transfer);
      else waiting.push([message, transfer]);
    },
    terminate: end,
  };
}

function isAlive(data: unknown): data is Alive {
  return typeof data === 'object' && data !== null && 'alive' in data;
}

/** Calls back when nobody holds the lock any more: whoever held it is gone. */
function whenFree(lock: string, callback: () => void): void {
  try {
    navigator.locks.request(lock, callback).catch(() => {});
  } catch {
    // Its worker may have locks and this page not: then nobody is told, as where there are none.
  }
}

/** Seconds in which a worker's script has to arrive and run. */
const MOST_SECONDS = 60;

/**
 * Resolves when the worker's script has run; rejects with what it threw, with undefined if it never ran, and with
 * `network` where nothing at all is heard of it.
 */
function begun(worker: Worker): Promise<void> {
  let clock: ReturnType<typeof setInterval> | undefined;
  const heard = new Promise<void>((resolve, reject) => {
    // Counted, not measured: while a tab is frozen, it is no fault of the worker's that it says nothing.
    let seconds = 0;
    clock = setInterval(() => {
      if (++seconds < MOST_SECONDS) return;
      worker.terminate();
      reject(new ShiwuError('network', `a worker's script did not arrive in ${MOST_SECONDS} s`));
    }, 1000);
    worker.onmessage = ({ data }: MessageEvent<typeof STARTED | NotImported | undefined>) => {
      if (data === STARTED) resolve();
      else if (data?.type === NOT_IMPORTED) reject(new Error(data.reason));
    };
    worker.onerror = (event) => {
      event.preventDefault();
      worker.terminate();
      // A script that could not be had gives an event without a message.
      reject(event.message ? crashed(event.message) : undefined);
    };
  });
  return heard.finally(() => clearInterval(clock));
}

interface Script {
  /** A TrustedScriptURL of the bundler's, if that is what it makes. */
  readonly given: unknown;
  readonly address: string;
  readonly options: WorkerOptions | undefined;
}

/**
 * Bundlers recognise `new Worker(new URL(…), …)` as a whole, and rewrite it: what became of the address only
 * the constructor hears. undefined where a page has frozen its constructors.
 */
function scriptOf(start: () => Worker): Script | undefined {
  const { Worker: real } = globalThis;
  let script: Script | undefined;
  const listening = class {
    constructor(given: string | URL, options?: WorkerOptions) {
      script = { given, address: new URL(String(given), baseAddress()).href, options };
    }
  } as unknown as typeof Worker;
  if (!Reflect.set(globalThis, 'Worker', listening)) return undefined;
  try {
    start();
  } finally {
    globalThis.Worker = real;
  }
  return script;
}

async function startSomehow(
  start: () => Worker,
  policy: string,
  attempt: (make: () => Worker) => Promise<void>,
  isOver: () => boolean,
): Promise<void> {
  const script = scriptOf(start);
  if (!script) return attempt(start);
  const { given, address, options } = script;
  const isOwn = !/^https?:/.test(address) || new URL(address).origin === globalThis.origin;
  const violations = new Violations();
  let cause: unknown;
  /** Of the plain way, where that was tried. */
  let directives: readonly string[] | undefined;
  try {
    if (isOwn) {
      try {
        const trusted = isTrusted(given) ? given : trustedScript(address, policy);
        return await attempt(() => new Worker(trusted, options));
      } catch (error) {
        if (isOver() || error instanceof ShiwuError) throw error;
        cause = error;
        directives = await violations.directives();
      }
    }
    if (/^https?:/.test(address)) {
      const shim = URL.createObjectURL(new Blob([importing(script)], { type: 'text/javascript' }));
      try {
        return await attempt(
          () => new Worker(trustedScript(shim, policy), { ...options, type: 'classic' }),
        );
      } catch (error) {
        if (isOver() || error instanceof ShiwuError) throw error;
        cause ??= error;
      } finally {
        URL.revokeObjectURL(shim);
      }
    }
    directives ??= await violations.directives();
    throw await explain(address, isOwn, policy, directives, cause);
  } finally {
    violations.stop();
  }
}

/** Text, as far as the types of `new Worker` know. */
function isTrusted(given: unknown): given is string {
  return Object.prototype.toString.call(given) === '[object TrustedScriptURL]';
}

const NOT_IMPORTED = 'shiwu: not imported';

interface NotImported {
  readonly type: typeof NOT_IMPORTED;
  readonly reason: string;
}

/** A classic script: from a blob: address of an opaque origin, Chromium starts no module worker. */
function importing({ address, options }: Script): string {
  const quoted = JSON.stringify(address);
  if (options?.type !== 'module') return `importScripts(${quoted});`;
  const message = `{ type: ${JSON.stringify(NOT_IMPORTED)}, reason: String(error) }`;
  return `import(${quoted}).catch((error) => postMessage(${message}));`;
}

/** What to do, of a script that the browser did not run. */
async function explain(
  address: string,
  isOwn: boolean,
  policy: string,
  directives: readonly string[],
  cause: unknown,
): Promise<ShiwuError> {
  const barred = (detail: string) => new ShiwuError('blocked-by-policy', detail, { cause });
  const { origin, pathname } = new URL(address);
  const name = pathname.split('/').pop() || address;
  if (directives.includes('require-trusted-types-for')) {
    return barred(`Trusted Types: allow the policy ${policy} (trusted-types ${policy})`);
  }
  const round = isOwn
    ? ''
    : `${address} is of another origin, so it is started from a blob: address; `;
  if (directives.some((directive) => /^(worker|child|script|default)-src/.test(directive))) {
    const wanted = isOwn ? `worker-src ${origin}` : `worker-src blob: and script-src ${origin}`;
    return barred(`${round}the Content-Security-Policy must allow it: ${wanted}`);
  }
  let response: Response;
  const patience = new Patience(PATIENCE);
  try {
    response = await fetch(address, { signal: patience.signal });
  } catch (failure) {
    if (isOwn || patience.spent) return crashed(`${address} did not load`, failure);
    const needs = `${origin} must send Access-Control-Allow-Origin, and script-src allow it`;
    return barred(`${round}${needs}`);
  } finally {
    patience.end();
  }
  if (!response.ok)
    return new ShiwuError('not-found', `${name}: HTTP ${response.status}`, { cause });
  const type = response.headers.get('content-type') ?? '';
  if (/html/i.test(type)) {
    return new ShiwuError('not-found', `${name}: a web page came instead`, { cause });
  }
  if (!/(java|ecma)script/i.test(type)) {
    return crashed(`${name} came as "${type}", and browsers run text/javascript only`, cause);
  }
  if (!isOwn)
    return barred(`${round}the Content-Security-Policy must allow it: script-src ${origin}`);
  if (!response.headers.has('cross-origin-embedder-policy') && (await isEmbedder())) {
    const header = 'Cross-Origin-Embedder-Policy';
    return barred(
      `${name} came without the header ${header}: send it with the workers' scripts too`,
    );
  }
  return crashed(`${name} did not start`, cause);
}

/** Whether the page itself has a Cross-Origin-Embedder-Policy: its workers' scripts need one then. */
async function isEmbedder(): Promise<boolean> {
  if (globalThis.crossOriginIsolated) return true;
  const patience = new Patience(PATIENCE);
  try {
    const { signal } = patience;
    const { headers } = await fetch(globalThis.location.href, { method: 'HEAD', signal });
    return headers.has('cross-origin-embedder-policy');
  } catch {
    return false;
  } finally {
    patience.end();
  }
}

function crashed(detail: string, cause?: unknown): ShiwuError {
  return new ShiwuError('worker-crashed', detail, { cause });
}
