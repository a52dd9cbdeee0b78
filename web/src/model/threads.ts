/**
 * Stands by while ONNX Runtime starts its threads. It starts them by an address alone, which Trusted Types
 * refuse, and does not say what became of one whose script was refused. The worker is ours alone: nothing else
 * can meet the replaced constructor.
 */
import { ShiwuError } from '../errors.js';
import { trustedScript } from '../platform/browser/trusted.js';

/** Rejects with `blocked-by-policy` as soon as a thread cannot start. */
export async function withThreads<T>(start: () => Promise<T>): Promise<T> {
  const original = globalThis.Worker;
  let refuse = (_: ShiwuError): void => {};
  const refused = new Promise<never>((_, reject) => {
    refuse = reject;
  });
  globalThis.Worker = class extends original {
    constructor(address: string | URL, options?: WorkerOptions) {
      super(trustedScript(String(address), 'shiwu'), options);
      this.addEventListener('error', (event) => {
        // ONNX Runtime throws what it hears here, as an error that nobody can understand.
        event.stopImmediatePropagation();
        const why =
          event.message || 'it lacks the header Cross-Origin-Embedder-Policy, most likely';
        refuse(new ShiwuError('blocked-by-policy', `${lastPart(address)} did not start: ${why}`));
      });
    }
  };
  try {
    return await Promise.race([start(), refused]);
  } finally {
    globalThis.Worker = original;
  }
}

function lastPart(address: string | URL): string {
  return new URL(address).pathname.split('/').pop() || String(address);
}
