// Loading and keeping assets in real Chromium, from a server that has bad days.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect, type Page, test } from '@playwright/test';
import { build } from 'esbuild';
import type { Asset } from '../../web/src/assets/locate.js';
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
import type { AssetsPage, Outcome } from './support/assets-page.js';

declare const assets: AssetsPage;

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** Half noise, half zeros: packs to half its size. */
const plain = Buffer.concat([noise(300_000), Buffer.alloc(300_000)]);
const packed = gzipSync(plain);
const tampered = Buffer.from(packed);
tampered[1000] = (tampered[1000] ?? 0) ^ 1;

let script: string;
let server: FlakyServer;

test.beforeAll(async () => {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('./support/assets-page.ts', import.meta.url))],
    bundle: true,
    format: 'iife',
    write: false,
  });
  script = outputFiles[0]?.text ?? '';
});

test.beforeEach(async ({ page }) => {
  server = await startFlakyServer();
  server.routes.set('/', (_, response) => {
    response
      .writeHead(200, { 'content-type': 'text/html' })
      .end('<!doctype html><link rel="icon" href="data:,"><script src="page.js"></script>');
  });
  server.routes.set('/page.js', (_, response) => {
    response.writeHead(200, { 'content-type': 'text/javascript' }).end(script);
  });
  server.routes.set('/a.gz', whole(packed));
  await page.goto(server.url);
});
test.afterEach(() => server.close());

function published(name = 'a.gz', bytes: Uint8Array = packed, unpacked: Uint8Array = plain): Asset {
  return {
    name,
    url: `${server.url}/${name}`,
    bytes: bytes.length,
    sha256: sha256(bytes),
    plain: { bytes: unpacked.length, sha256: sha256(unpacked) },
  };
}

/** A model at a URL of the caller's. */
function own(name: string): Asset {
  return { name, url: `${server.url}/${name}`, bytes: 0, sha256: undefined };
}

const load = (page: Page, list: Asset[] = [published()], cache = true): Promise<Outcome> =>
  page.evaluate(([list, cache]) => assets.load(list, cache), [list, cache] as const);
const kept = (page: Page) => page.evaluate(() => assets.kept());
const asked = (name = 'a.gz') => server.requests.filter((path) => path === `/${name}`).length;
const LOADED = { code: 'loaded', hashes: [sha256(plain)] };

test('the second visit fetches nothing, and the third does without a network', async ({
  page,
  context,
}) => {
  const first = await load(page);
  expect(first).toMatchObject(LOADED);
  expect(first.progress.at(-1)).toEqual([packed.length, packed.length]);
  expect(new Set(first.progress.map(([, total]) => total))).toEqual(new Set([packed.length]));
  await page.reload();
  const second = await load(page);
  expect(second).toMatchObject(LOADED);
  expect(second.progress.at(-1)).toEqual([packed.length, packed.length]);
  expect(asked()).toBe(1);
  await context.setOffline(true);
  expect(await load(page)).toMatchObject(LOADED);
});

test('what packing makes little smaller is kept unpacked, and known by that hash', async ({
  page,
}) => {
  const dense = Buffer.concat([noise(300_000, 1), Buffer.alloc(100_000)]);
  const packedDense = gzipSync(dense);
  server.routes.set('/b.gz', whole(packedDense));
  const list = [published('b.gz', packedDense, dense)];
  const loaded = { code: 'loaded', hashes: [sha256(dense)] };
  expect(await load(page, list)).toMatchObject(loaded);
  expect(await page.evaluate(() => assets.sizes())).toEqual([dense.length]);
  const second = await load(page, list);
  expect(second).toMatchObject(loaded);
  expect(second.progress.at(-1)).toEqual([packedDense.length, packedDense.length]);
  expect(asked('b.gz')).toBe(1);
  await page.evaluate(() => assets.spoil());
  expect(await load(page, list)).toMatchObject(loaded);
  expect(asked('b.gz')).toBe(2);

  await load(page);
  expect(await page.evaluate(() => assets.sizes())).toContain(packed.length);
});

test('without cache nothing is kept', async ({ page }) => {
  expect(await load(page, [published()], false)).toMatchObject(LOADED);
  expect(await kept(page)).toBe(0);
  expect(await load(page, [published()], false)).toMatchObject(LOADED);
  expect(asked()).toBe(2);
});

test('a host that unpacks .gz files on the way changes nothing', async ({ page }) => {
  server.routes.set('/a.gz', whole(packed, { 'content-encoding': 'gzip' }));
  const first = await load(page);
  expect(first).toMatchObject(LOADED);
  expect(first.progress.at(-1)).toEqual([packed.length, packed.length]);
  const loaded = first.progress.map(([bytes]) => bytes);
  expect(loaded).toEqual([...loaded].sort((a, b) => a - b));
  expect(await load(page)).toMatchObject(LOADED);
  expect(asked()).toBe(1);
});

test('storage that takes its time keeps nobody waiting', async ({ page }) => {
  await page.evaluate(() => assets.stall()); // for ever: any bound would do
  const outcome = await load(page);
  expect(outcome).toMatchObject(LOADED);
  expect(outcome.took).toBeLessThan(10_000);
});

test('what is read is dated later, when nobody waits', async ({ page }) => {
  await load(page);
  await page.evaluate(() => assets.age(50));
  expect(await load(page)).toMatchObject(LOADED);
  const ages = () => page.evaluate(() => assets.ages());
  expect(await ages()).toEqual([50]);
  await expect.poll(ages).toEqual([0]);
});

test('what was tampered with in storage is fetched anew', async ({ page }) => {
  await load(page);
  await page.evaluate(() => assets.spoil());
  expect(await load(page)).toMatchObject(LOADED);
  expect(asked()).toBe(2);
  expect(await load(page)).toMatchObject(LOADED);
  expect(asked()).toBe(2);
});

for (const [what, handler, code] of [
  ['tampered with', whole(tampered), 'tampered-download'],
  ['another, plain file', whole(noise(600_000, 2)), 'tampered-download'],
  ['truncated', whole(packed.subarray(0, 200_000)), 'truncated-download'],
  ['empty', whole(new Uint8Array()), 'truncated-download'],
  ['missing', status(404), 'not-found'],
  ['a web page', whole(Buffer.from('<!doctype html>'.repeat(9))), 'not-found'],
] as const) {
  test(`a file on the server that is ${what}: ${code}, and the next call heals`, async ({
    page,
  }) => {
    server.routes.set('/a.gz', handler);
    expect(await load(page)).toMatchObject({ code });
    expect(await kept(page)).toBe(0);
    server.routes.set('/a.gz', whole(packed));
    expect(await load(page)).toMatchObject(LOADED);
    expect(await kept(page)).toBe(1);
  });
}

test('an old file in the browser’s HTTP cache is passed by', async ({ page }) => {
  const old = whole(gzipSync('the last version'), { 'cache-control': 'max-age=3600' });
  server.routes.set('/a.gz', inTurn(old, whole(packed)));
  expect(await load(page)).toMatchObject(LOADED);
  expect(asked()).toBe(2);
});

test('a connection that breaks off is taken up where it ended', async ({ page }) => {
  const ranges: unknown[] = [];
  const headers = { 'accept-ranges': 'bytes', etag: '"one"' };
  let hangUp = () => {};
  const half: Handler = (_, response) => {
    response.writeHead(200, { 'content-length': packed.length, ...headers });
    response.write(packed.subarray(0, 100_000));
    hangUp = () => response.destroy();
  };
  server.routes.set(
    '/a.gz',
    inTurn(half, (request, response) => {
      const { range } = request.headers;
      ranges.push(range);
      const from = Number(/\d+/.exec(range ?? '')?.[0]);
      response
        .writeHead(206, { 'content-range': `bytes ${from}-${packed.length - 1}/${packed.length}` })
        .end(packed.subarray(from));
    }),
  );
  const loading = load(page);
  await expect.poll(() => page.evaluate(() => assets.arrived())).toBeGreaterThan(0);
  hangUp();
  expect(await loading).toMatchObject(LOADED);
  expect(ranges).toEqual([expect.stringMatching(/^bytes=[1-9]\d*-$/)]);
});

test('one failure stops the others', async ({ page }) => {
  let closed = false;
  server.routes.set('/b.gz', (request, response, nth) => {
    response.on('close', () => {
      closed = true;
    });
    part(packed, 1000, 'falls silent')(request, response, nth);
  });
  server.routes.set('/a.gz', (_, response) => {
    setTimeout(() => response.writeHead(404).end(), 300);
  });
  const { code, took } = await load(page, [published(), { ...published('b.gz'), sha256: 'b' }]);
  expect(code).toBe('not-found');
  expect(took).toBeLessThan(10_000); // a silent download is given up after 15 s
  await expect.poll(() => closed).toBe(true);
});

test.describe('several tabs', () => {
  const silent = part(packed, 1000, 'falls silent');

  test('download once, and the waiting one sees the bytes come in', async ({ page, context }) => {
    const other = await context.newPage();
    await other.goto(server.url);
    let send = (_from: number, _to?: number) => {};
    server.routes.set('/a.gz', (_, response) => {
      response.writeHead(200, { 'content-length': packed.length }).flushHeaders();
      send = (from, to) =>
        void (to ? response.write(packed.subarray(from, to)) : response.end(packed.subarray(from)));
    });
    const first = load(page);
    await expect.poll(() => asked()).toBe(1);
    const second = load(other);
    const waits = () =>
      page.evaluate(async () =>
        (await navigator.locks.query()).pending?.some(({ name }) => name?.startsWith('shiwu ')),
      );
    await expect.poll(waits).toBe(true);
    for (let at = 0; at < 4; at++) {
      send(at * 50_000, (at + 1) * 50_000);
      for (const tab of [page, other]) {
        await expect.poll(() => tab.evaluate(() => assets.arrived())).toBe((at + 1) * 50_000);
      }
    }
    send(200_000);
    const outcomes = await Promise.all([first, second]);
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject(LOADED);
      expect(outcome.progress.length).toBeGreaterThan(3);
    }
    expect(asked()).toBe(1);
  });

  test('one that gives up leaves the work to the next', async ({ page, context }) => {
    const other = await context.newPage();
    await other.goto(server.url);
    server.routes.set('/a.gz', inTurn(silent, whole(packed)));
    const first = load(page);
    await expect.poll(() => asked()).toBe(1);
    const second = load(other);
    await other.waitForTimeout(500);
    expect(asked()).toBe(1);
    await page.evaluate(() => assets.abort());
    expect(await first).toMatchObject({ code: 'aborted' });
    const outcome = await second;
    expect(outcome).toMatchObject(LOADED);
    expect(outcome.took).toBeLessThan(4900); // one that does not give up is waited for 5 s
  });

  test('one that waits can give up too', async ({ page, context }) => {
    const other = await context.newPage();
    await other.goto(server.url);
    server.routes.set('/a.gz', silent);
    const first = load(page);
    await expect.poll(() => asked()).toBe(1);
    const second = load(other);
    await other.waitForTimeout(300);
    await other.evaluate(() => assets.abort());
    const outcome = await second;
    expect(outcome).toMatchObject({ code: 'aborted' });
    expect(outcome.took).toBeLessThan(4900);
    await page.evaluate(() => assets.abort());
    await first;
  });

  test('none waits for one that is stuck', async ({ page, context }) => {
    const other = await context.newPage();
    await other.goto(server.url);
    server.routes.set('/a.gz', inTurn(silent, whole(packed)));
    const first = load(page);
    await expect.poll(() => asked()).toBe(1);
    const outcome = await load(other);
    expect(outcome).toMatchObject(LOADED);
    expect(outcome.took).toBeGreaterThan(4500);
    expect(outcome.took).toBeLessThan(14_000);
    await page.evaluate(() => assets.abort());
    await first;
  });
});

test.describe('space', () => {
  async function allow(page: Page, bytes: number) {
    const session = await page.context().newCDPSession(page);
    await session.send('Storage.overrideQuotaForOrigin', { origin: server.url, quotaSize: bytes });
  }

  test('none: files are loaded all the same', async ({ page }) => {
    await allow(page, 100_000);
    expect(await load(page)).toMatchObject(LOADED);
    expect(await kept(page)).toBe(0);
    expect(await load(page)).toMatchObject(LOADED);
    expect(asked()).toBe(2);
  });

  test('too little for two: the one that was read longer ago goes', async ({ page }) => {
    const other = gzipSync(Buffer.concat([noise(300_000, 3), plain]));
    server.routes.set('/b.gz', whole(other));
    const b = published('b.gz', other, Buffer.concat([]));
    await load(page);
    await page.evaluate(() => assets.age(2));
    await allow(page, 800_000);
    expect((await load(page, [{ ...b, plain: undefined }])).code).toBe('loaded');
    expect(await kept(page)).toBe(1);
    await load(page, [{ ...b, plain: undefined }]);
    expect([asked('a.gz'), asked('b.gz')]).toEqual([1, 1]);
  });

  test('too little for two, both in use: the first stays', async ({ page }) => {
    const other = gzipSync(Buffer.concat([noise(300_000, 3), plain]));
    server.routes.set('/b.gz', whole(other));
    await load(page);
    await allow(page, 800_000);
    const b = { ...published('b.gz', other), plain: undefined };
    expect((await load(page, [b])).code).toBe('loaded');
    expect(await kept(page)).toBe(1);
    await load(page);
    expect(asked('a.gz')).toBe(1);
  });

  test('what nobody read for three months is swept away', async ({ page }) => {
    await load(page);
    server.routes.set('/b.gz', whole(packed));
    await page.evaluate(() => assets.age(89));
    await load(page, [own('b.gz')]);
    expect(await kept(page)).toBe(2);
    await page.evaluate(() => assets.age(91));
    await load(page, [own('b.gz')]);
    await expect.poll(() => kept(page)).toBe(1);
    expect(await load(page)).toMatchObject(LOADED);
    expect(asked('a.gz')).toBe(2);
  });

  test('a new version takes the place of the one before', async ({ page }) => {
    await load(page);
    const next = gzipSync(Buffer.concat([plain, plain]));
    server.routes.set('/a.gz', whole(next));
    await load(page, [{ ...published('a.gz', next), plain: undefined }]);
    expect(await kept(page)).toBe(1);
  });
});

test.describe('a model at a URL of one’s own', () => {
  const one = { etag: '"one"' };

  test('is asked after at each visit, and sent once', async ({ page, context }) => {
    const conditions: unknown[] = [];
    server.routes.set('/own.onnx', (request, response, nth) => {
      conditions.push(request.headers['if-none-match']);
      if (request.headers['if-none-match'] === '"one"') response.writeHead(304).end();
      else whole(plain, one)(request, response, nth);
    });
    const first = await load(page, [own('own.onnx')]);
    expect(first).toMatchObject(LOADED);
    expect(first.progress.at(-1)).toEqual([plain.length, plain.length]);
    await page.reload();
    const second = await load(page, [own('own.onnx')]);
    expect(second).toMatchObject(LOADED);
    expect(second.progress).toEqual([[plain.length, plain.length]]);
    expect(conditions).toEqual([undefined, '"one"']);
    await context.setOffline(true);
    const third = await load(page, [own('own.onnx')]);
    expect(third).toMatchObject(LOADED);
    expect(third.took).toBeLessThan(3900); // a server that hangs is waited for 4 s
  });

  test('a newer one takes its place', async ({ page }) => {
    const newer = noise(100_000, 4);
    server.routes.set('/own.onnx', inTurn(whole(plain, one), whole(newer, { etag: '"two"' })));
    await load(page, [own('own.onnx')]);
    const second = await page.evaluate(async (asset) => {
      const loaded = await assets.load([asset]);
      await assets.age(1); // before it is noted that the former one was read
      return loaded;
    }, own('own.onnx'));
    expect(second).toMatchObject({ hashes: [sha256(newer)] });
    expect(await kept(page)).toBe(1);
    await expect.poll(() => page.evaluate(() => assets.ages())).toEqual([0]);
    server.routes.set('/own.onnx', status(503));
    expect(await load(page, [own('own.onnx')])).toMatchObject({ hashes: [sha256(newer)] });
  });

  test('a server that hangs is not waited for long', async ({ page }) => {
    server.routes.set(
      '/own.onnx',
      inTurn(whole(plain, one), () => {}),
    );
    await load(page, [own('own.onnx')]);
    const second = await load(page, [own('own.onnx')]);
    expect(second).toMatchObject(LOADED);
    expect(second.took).toBeLessThan(14_000); // a download that falls silent is given up after 15
  });

  test('spoilt in storage, it is fetched anew', async ({ page }) => {
    server.routes.set('/own.onnx', whole(plain, one));
    await load(page, [own('own.onnx')]);
    await page.evaluate(() => assets.spoil());
    expect(await load(page, [own('own.onnx')])).toMatchObject(LOADED);
  });

  test('a gzip file that ends early or is damaged is told apart, and not kept', async ({
    page,
  }) => {
    server.routes.set('/own.onnx.gz', whole(packed.subarray(0, 200_000)));
    expect((await load(page, [own('own.onnx.gz')])).code).toBe('truncated-download');
    const damaged = Buffer.from(packed);
    damaged[packed.length - 6] = (damaged[packed.length - 6] ?? 0) ^ 1; // in its checksum
    server.routes.set('/own.onnx.gz', whole(damaged));
    expect((await load(page, [own('own.onnx.gz')])).code).toBe('tampered-download');
    expect(await kept(page)).toBe(0);
    server.routes.set('/own.onnx.gz', whole(packed));
    expect(await load(page, [own('own.onnx.gz')])).toMatchObject(LOADED);
  });

  test('from another origin, which need not know of any of this', async ({ page }) => {
    const elsewhere = await startFlakyServer({ 'access-control-allow-origin': '*' });
    try {
      const date = { 'last-modified': 'Thu, 01 Oct 2026 00:00:00 GMT' };
      elsewhere.routes.set('/own.onnx', whole(plain, date));
      const asset = { ...own('own.onnx'), url: `${elsewhere.url}/own.onnx` };
      expect(await load(page, [asset])).toMatchObject(LOADED);
      const second = await load(page, [asset]);
      expect(second).toMatchObject(LOADED);
      expect(second.progress).toHaveLength(1);
      elsewhere.close();
      expect(await load(page, [asset])).toMatchObject(LOADED);
    } finally {
      elsewhere.close();
    }
  });
});

test('the page’s thread stays free while ONNX Runtime is loaded and unpacked', async ({
  page,
  browser,
}) => {
  const runtime = readFileSync(
    new URL('../../dist/ort-wasm-simd-threaded.wasm.gz', import.meta.url),
  );
  const asset = published('runtime.gz', runtime, gunzipSync(runtime));
  server.routes.set('/runtime.gz', whole(runtime));
  // A task that is too long is so each time; the page's processor may also be slow once, as a busy machine's is.
  let longest = Number.POSITIVE_INFINITY;
  for (let turn = 0; turn < 3 && longest >= 50; turn++) {
    // Processor time of the thread's tasks: time on the clock would count other programs' turns too.
    await browser.startTracing(page, { categories: ['toplevel', 'blink.user_timing'] });
    const code = await page.evaluate(async (asset) => {
      performance.mark('shiwu begins');
      // From the network, from the network into storage, and from storage.
      const outcomes = [
        await assets.load([asset], false),
        await assets.load([asset]),
        await assets.load([asset]),
      ];
      performance.mark('shiwu ends');
      return outcomes.map(({ code }) => code);
    }, asset);
    const trace = JSON.parse((await browser.stopTracing()).toString()) as {
      traceEvents: TraceEvent[];
    };
    expect(code).toEqual(['loaded', 'loaded', 'loaded']);
    if (turn === 0) expect(asked('runtime.gz')).toBe(2);
    longest = longestTask(trace.traceEvents);
    console.info(`longest task on the page's thread: ${longest.toFixed(1)} ms`);
  }
  expect(longest).toBeLessThan(50);
});

/** Between the marks, on the thread that set them; milliseconds. */
function longestTask(events: readonly TraceEvent[]): number {
  const mark = (name: string) => events.find((event) => event.name === name) as TraceEvent;
  const [begin, end] = [mark('shiwu begins'), mark('shiwu ends')];
  const tasks = events.filter(
    ({ name, pid, tid, ts, tdur }) =>
      /RunTask$|MicrotaskCheckpoint$/.test(name) &&
      pid === begin.pid &&
      tid === begin.tid &&
      ts > begin.ts &&
      ts < end.ts &&
      tdur !== undefined,
  );
  expect(tasks.length).toBeGreaterThan(20);
  return Math.max(...tasks.map(({ tdur = 0 }) => tdur / 1000));
}

/** Of Chromium's trace; times in microseconds. */
interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  /** Processor time. */
  readonly tdur?: number;
}
