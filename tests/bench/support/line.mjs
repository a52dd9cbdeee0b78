// A slow line between host and page, shared by all requests. Chromium's own throttling does not reach the
// requests of workers.
import { setTimeout as sleep } from 'node:timers/promises';

/** As Chromium's developer tools have them; "4G" is their "Fast 4G", "slow 3G" their "3G". */
export const LINES = {
  localhost: { title: 'localhost' },
  '4g': { title: '4G: 9 Mbit/s, 170 ms', bitsPerSecond: 9e6, roundTripMs: 170 },
  '3g': { title: 'slow 3G: 400 kbit/s, 400 ms', bitsPerSecond: 4e5, roundTripMs: 400 },
};

/** Bytes that are sent before another request has its turn. */
const PIECE = 4096;

/**
 * @param {{ bitsPerSecond?: number, roundTripMs?: number }} line without figures: as fast as it goes
 */
export function openLine({ bitsPerSecond = Infinity, roundTripMs = 0 }) {
  const known = new WeakSet();
  let free = 0;
  return {
    /** What passes before the first byte: a round trip, and one more for a connection that is new. */
    async reach(socket) {
      const trips = known.has(socket) ? 1 : 2;
      known.add(socket);
      if (roundTripMs > 0) await sleep(trips * roundTripMs);
    },
    /** Writes the body at the line's pace, in turns with whatever else is under way. */
    async send(response, body) {
      if (bitsPerSecond === Infinity) return response.end(body);
      for (let at = 0; at < body.length && !response.destroyed; at += PIECE) {
        const piece = body.subarray(at, at + PIECE);
        const now = performance.now();
        free = Math.max(now, free) + (piece.length * 8000) / bitsPerSecond;
        // Timers are about a millisecond coarse: what is due sooner waits with its successors.
        if (free - now > 2) await sleep(free - now);
        response.write(piece);
      }
      response.end();
    },
  };
}
