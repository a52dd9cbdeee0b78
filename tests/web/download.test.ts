import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DownloadOptions, download } from '../../web/src/assets/download.js';
import {
  type FlakyServer,
  type Handler,
  inTurn,
  part,
  startFlakyServer,
  status,
  whole,
} from '../support/flaky-server.js';
import { noise } from '../support/noise.js';

const BODY = noise(300_000);
const PACKED = gzipSync(Buffer.alloc(300_000, 7));
/** Longer than a busy machine may keep a server of the same process from answering. */
const FAST: DownloadOptions = { backoff: [5, 5, 5], patience: 2000 };

let server: FlakyServer;
beforeEach(async () => {
  server = await startFlakyServer();
});
afterEach(() => server.close());

function get(handler: Handler, options: DownloadOptions = FAST) {
  server.routes.set('/file', handler);
  return download(`${server.url}/file`, options);
}

const equals = (bytes: Uint8Array | undefined, body: Uint8Array) =>
  bytes !== undefined && Buffer.compare(bytes, body) === 0;

describe('download', () => {
  it('counts real bytes up to the size that the server says', async () => {
    const seen: [number, number, boolean][] = [];
    const { bytes } =
      (await get(whole(BODY), { ...FAST, onBytes: (...counts) => seen.push(counts) })) ?? {};
    expect(equals(bytes, BODY)).toBe(true);
    expect(seen.at(-1)).toEqual([BODY.length, BODY.length, false]);
    expect(seen.length).toBeGreaterThan(1);
    const received = seen.map(([count]) => count);
    expect(received).toEqual([...received].sort((a, b) => a - b));
  });

  it('tells a packed file by its bytes, and claims no size that it cannot know', async () => {
    const last = async (headers: Record<string, string>) => {
      let counts: [number, number, boolean] = [0, 0, false];
      const onBytes = (...now: typeof counts) => {
        counts = now;
      };
      await get(whole(PACKED, headers), { ...FAST, onBytes });
      return counts;
    };
    expect(await last({})).toEqual([PACKED.length, PACKED.length, true]);
    // Unpacked on the way: Content-Length counted other bytes.
    expect(await last({ 'content-encoding': 'gzip' })).toEqual([300_000, 0, false]);
  });

  it.each([403, 404, 410])('HTTP %i: not found, at the first try', async (code) => {
    await expect(get(status(code))).rejects.toMatchObject({
      code: 'not-found',
      detail: `file: HTTP ${code}`,
    });
    expect(server.requests).toHaveLength(1);
  });

  it.each([500, 503, 429])('HTTP %i passes', async (code) => {
    const got = await get(inTurn(status(code), status(code), whole(BODY)));
    expect(equals(got?.bytes, BODY)).toBe(true);
    expect(server.requests).toHaveLength(3);
  });

  it('three further tries, and no more', async () => {
    await expect(get(status(503))).rejects.toMatchObject({
      code: 'network',
      detail: 'file: HTTP 503',
    });
    expect(server.requests).toHaveLength(4);
  });

  it('other refusals are final', async () => {
    await expect(get(status(400))).rejects.toMatchObject({ code: 'network' });
    expect(server.requests).toHaveLength(1);
  });

  it('reports an unreachable server', async () => {
    await expect(download('http://127.0.0.1:9/x.onnx', FAST)).rejects.toMatchObject({
      code: 'network',
    });
  });

  it('a connection that always breaks off: truncated', async () => {
    await expect(get(part(BODY, 100_000, 'hangs up'))).rejects.toMatchObject({
      code: 'truncated-download',
      detail: 'file: 100000 of 300000 bytes',
    });
    expect(server.requests).toHaveLength(4);
  });

  it('silence: a stall, which another try heals', async () => {
    const impatient = { ...FAST, patience: 300 };
    await expect(get(part(BODY, 1000, 'falls silent'), impatient)).rejects.toMatchObject({
      code: 'network',
      detail: 'file: no byte for 0.3 s',
    });
    expect(server.requests).toHaveLength(4);
    server.requests.length = 0;
    const got = await get(inTurn(part(BODY, 1000, 'falls silent'), () => {}, whole(BODY)));
    expect(equals(got?.bytes, BODY)).toBe(true);
    expect(server.requests).toHaveLength(3);
  });

  it('a slow server is no stall', async () => {
    const got = await get((_, response) => {
      response.writeHead(200);
      let at = 0;
      const timer = setInterval(() => {
        response.write(BODY.subarray(at, at + 50_000));
        at += 50_000;
        if (at >= BODY.length) {
          clearInterval(timer);
          response.end();
        }
      }, 500); // three seconds in all
    });
    expect(equals(got?.bytes, BODY)).toBe(true);
    expect(server.requests).toHaveLength(1);
  });
});

describe('resumption', () => {
  const RANGES = { 'accept-ranges': 'bytes', etag: '"one"' };
  /** What was asked for: the Range and If-Range of each request. */
  let asked: [string | undefined, unknown][] = [];
  const noting =
    (handler: Handler): Handler =>
    (request, response, nth) => {
      asked.push([request.headers.range, request.headers['if-range']]);
      handler(request, response, nth);
    };
  const rest =
    (body: Uint8Array, from: number): Handler =>
    (_, response) => {
      response
        .writeHead(206, { 'content-range': `bytes ${from}-${body.length - 1}/${body.length}` })
        .end(body.subarray(from));
    };
  beforeEach(() => {
    asked = [];
  });

  it('asks for the rest only', async () => {
    const got = await get(
      noting(inTurn(part(BODY, 100_000, 'hangs up', RANGES), rest(BODY, 100_000))),
    );
    expect(equals(got?.bytes, BODY)).toBe(true);
    expect(got?.etag).toBe('"one"');
    expect(asked).toEqual([
      [undefined, undefined],
      ['bytes=100000-', '"one"'],
    ]);
  });

  it('by date, where the ETag is weak', async () => {
    const headers = {
      'accept-ranges': 'bytes',
      etag: 'W/"one"',
      'last-modified': 'Thu, 01 Oct 2026 00:00:00 GMT',
    };
    const got = await get(
      noting(inTurn(part(BODY, 100_000, 'hangs up', headers), rest(BODY, 100_000))),
    );
    expect(equals(got?.bytes, BODY)).toBe(true);
    expect(asked[1]).toEqual(['bytes=100000-', 'Thu, 01 Oct 2026 00:00:00 GMT']);
  });

  it('starts anew when the file has changed meanwhile', async () => {
    const other = noise(200_000, 1);
    const got = await get(
      inTurn(part(BODY, 100_000, 'hangs up', RANGES), whole(other, { etag: '"two"' })),
    );
    expect(equals(got?.bytes, other)).toBe(true);
    expect(got?.etag).toBe('"two"');
  });

  it.each([
    ['no ranges are offered', { etag: '"one"' }],
    ['nothing names the version', { 'accept-ranges': 'bytes' }],
  ])('starts anew when %s', async (_, headers) => {
    const got = await get(noting(inTurn(part(BODY, 100_000, 'hangs up', headers), whole(BODY))));
    expect(equals(got?.bytes, BODY)).toBe(true);
    expect(asked[1]).toEqual([undefined, undefined]);
  });

  it('starts anew when the answer is another part than asked for', async () => {
    const got = await get(
      inTurn(part(BODY, 100_000, 'hangs up', RANGES), rest(BODY, 5), whole(BODY)),
    );
    expect(equals(got?.bytes, BODY)).toBe(true);
    expect(server.requests).toHaveLength(3);
  });
});

describe('a version at hand', () => {
  const known = { etag: '"one"', lastModified: undefined };

  it('is not downloaded again', async () => {
    expect(await get(whole(BODY, { etag: '"one"' }), { ...FAST, known })).toBeUndefined();
    expect(await get(status(304), { ...FAST, known })).toBeUndefined();
  });

  it('gives way to another', async () => {
    const got = await get(whole(BODY, { etag: '"two"' }), { ...FAST, known });
    expect(equals(got?.bytes, BODY)).toBe(true);
    expect(got?.etag).toBe('"two"');
  });
});

describe('abort', () => {
  it.each([
    ['before', 0],
    ['while the server keeps silent', 50],
  ])('%s', async (_, delay) => {
    const controller = new AbortController();
    if (delay) setTimeout(() => controller.abort(), delay);
    else controller.abort();
    const options = { ...FAST, patience: 10_000, signal: controller.signal };
    await expect(get(() => {}, options)).rejects.toMatchObject({ code: 'aborted' });
    expect(server.requests).toHaveLength(delay ? 1 : 0);
  });

  it('in the middle of a body, which the server hears', async () => {
    const controller = new AbortController();
    const closed = new Promise<void>((resolve) => {
      server.routes.set('/file', (request, response, nth) => {
        response.on('close', resolve);
        part(BODY, 1000, 'falls silent')(request, response, nth);
      });
    });
    const onBytes = () => controller.abort();
    const options = { ...FAST, onBytes, signal: controller.signal };
    await expect(download(`${server.url}/file`, options)).rejects.toMatchObject({
      code: 'aborted',
    });
    await closed;
    expect(server.requests).toHaveLength(1);
  });

  it('while it waits for the next try', async () => {
    const controller = new AbortController();
    const started = performance.now();
    const failing = get(status(503), { backoff: [60_000], signal: controller.signal });
    setTimeout(() => controller.abort(), 100);
    await expect(failing).rejects.toMatchObject({ code: 'aborted' });
    expect(performance.now() - started).toBeLessThan(2000);
    expect(server.requests).toHaveLength(1);
  });
});
