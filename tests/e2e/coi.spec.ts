// shiwu/coi on the plainest of hosts: one reload and no more, whatever stands in the way.
import { createReadStream, readFileSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, type Page, test } from '@playwright/test';

const dist = new URL('../../dist/', import.meta.url);
const photo = new URL('../fixtures/photos/chelsea.png', import.meta.url);

type Coi = typeof import('../../web/src/coi/index.js');
type Outcome = Awaited<ReturnType<Coi['isolate']>>;

/** Asks for isolation at once, and keeps the outcome for the test. */
const page = (
  worker: string,
) => `<!doctype html><link rel="icon" href="data:,"><script type="module">
  import { isolate } from '/coi.js';
  window.outcome = await isolate({ serviceWorker: ${JSON.stringify(worker)} });
</script>`;

/** A worker that a site may have had before: it answers one page itself, and then takes ours in. */
const OWN_WORKER = `
  const e = 1, r = 2, t = 3, n = 4, s = 5, o = 6, a = 7, i = 8; // names that a minifier likes
  addEventListener('fetch', (event) => {
    if (new URL(event.request.url).pathname === '/app/offline.html') {
      event.respondWith(new Response('<title>offline</title>', { headers: { 'content-type': 'text/html' } }));
    }
  });
  importScripts('/coi-sw.js');
`;

const PAGES: Record<string, string> = {
  '/': page('/coi-sw.js'),
  '/credentialless/': page('/coi-sw.js?coep=credentialless'),
  '/beside/': page('/app/own-sw.js'),
  '/missing/': page('/nowhere.js'),
  '/app/': page('/app/own-sw.js'),
  '/framed/': '<!doctype html><link rel="icon" href="data:,"><iframe src="/"></iframe>',
  '/target/': page('/coi-sw.js'),
  '/plain/': '<!doctype html><link rel="icon" href="data:,">',
};

/** What the host was asked for, page loads and all. */
let asked: string[];
let server: ReturnType<typeof createServer>;
let url: string;

function answer(request: IncomingMessage, response: ServerResponse): void {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  asked.push(pathname);
  const send = (type: string, body: string | Buffer, status = 200, extra = {}) =>
    response.writeHead(status, { 'content-type': type, ...extra }).end(body);
  const html = PAGES[pathname];
  if (html !== undefined) send('text/html', html);
  else if (pathname === '/coi.js' || pathname === '/coi-sw.js') {
    send('text/javascript', readFileSync(new URL(`.${pathname}`, dist)));
  } else if (pathname === '/app/own-sw.js') send('text/javascript', OWN_WORKER);
  else if (pathname === '/stranger.js') send('text/javascript', '// a push worker, say');
  else if (pathname === '/worker.js') {
    send('text/javascript', 'postMessage([self.crossOriginIsolated, self.location.pathname])');
  } else if (pathname === '/moved/') send('text/html', '', 302, { location: '/target/' });
  else if (pathname === '/same.txt') {
    const known = request.headers['if-none-match'] === '"1"';
    send('text/plain', known ? '' : 'same', known ? 304 : 200, { etag: '"1"' });
  } else if (pathname === '/photo.png') {
    const size = statSync(photo).size;
    const range = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? '');
    const [start, end] = range ? [Number(range[1]), Number(range[2])] : [0, size - 1];
    response.writeHead(range ? 206 : 200, {
      'content-type': 'image/png',
      'content-length': end - start + 1,
      ...(range ? { 'content-range': `bytes ${start}-${end}/${size}` } : {}),
    });
    createReadStream(photo, { start, end }).pipe(response);
  } else send('text/plain', 'not found', 404);
}

test.use({ serviceWorkers: 'allow' });

test.beforeEach(async () => {
  asked = [];
  server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  url = `http://localhost:${(server.address() as AddressInfo).port}`;
});
test.afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const loads = (path: string) => asked.filter((each) => each === path).length;

/** The outcome, once there is one that stays: after the reload, if there is one. */
async function outcome(tab: Page): Promise<Outcome> {
  await tab.waitForFunction(() => 'outcome' in window);
  return tab.evaluate(() => (window as unknown as { outcome: Outcome }).outcome);
}

/** As when the visitor presses Shift and reloads: past the service worker. */
async function forceReload(tab: Page): Promise<void> {
  const session = await tab.context().newCDPSession(tab);
  await tab.waitForLoadState('load'); // its own, which may be told late
  await Promise.all([tab.waitForEvent('load'), session.send('Page.reload', { ignoreCache: true })]);
}

async function registrations(tab: Page): Promise<number> {
  return tab.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length);
}

for (const path of ['/', '/credentialless/']) {
  test(`${path} is isolated after one reload, and stays so without another`, async ({
    page: tab,
  }) => {
    await tab.goto(url + path);
    expect(await outcome(tab)).toEqual({ isolated: true });
    expect(loads(path)).toBe(2);
    const threads = await tab.evaluate(
      () => crossOriginIsolated && new SharedArrayBuffer(8).byteLength,
    );
    expect(threads).toBe(8);
    await tab.reload();
    expect(await outcome(tab)).toEqual({ isolated: true });
    expect(loads(path)).toBe(3);
    const worker = await tab.evaluate(
      () =>
        new Promise((resolve, reject) => {
          const worker = new Worker('/worker.js');
          worker.onmessage = ({ data }) => resolve(data);
          worker.onerror = reject;
        }),
    );
    expect(worker).toEqual([true, '/worker.js']);
  });
}

test('what is not a page passes as it is: ranges, 304, redirects, other origins', async ({
  page: tab,
}) => {
  await tab.goto(url);
  await outcome(tab);
  const other = url.replace('localhost', '127.0.0.1');
  const seen = await tab.evaluate(async (otherUrl) => {
    const part = await fetch('/photo.png', { headers: { range: 'bytes=1-3' } });
    const same = await fetch('/same.txt', {
      headers: { 'if-none-match': '"1"' },
      cache: 'no-store',
    });
    const moved = await fetch('/moved/');
    const opaque = await fetch(`${otherUrl}/same.txt`, { mode: 'no-cors' }).catch(() => 'refused');
    return {
      part: [part.status, part.headers.get('content-range'), await part.text()],
      same: same.status,
      moved: [moved.redirected, new URL(moved.url).pathname],
      opaque,
    };
  }, other);
  expect(seen.part).toEqual([206, 'bytes 1-3/240512', 'PNG']);
  expect(seen.same).toBe(304);
  expect(seen.moved).toEqual([true, '/target/']);
  // `require-corp`: what does not agree to be used stays out, as without a service worker.
  expect(seen.opaque).toBe('refused');
  await tab.goto(`${url}/moved/`);
  expect(await outcome(tab)).toEqual({ isolated: true });
  expect(new URL(tab.url()).pathname).toBe('/target/');
  const response = await tab.goto(`${url}/nowhere`);
  expect(response?.status()).toBe(404);
});

test('credentialless: other origins need not agree', async ({ page: tab }) => {
  await tab.goto(`${url}/credentialless/`);
  await outcome(tab);
  const other = url.replace('localhost', '127.0.0.1');
  const width = await tab.evaluate(async (src) => {
    const image = new Image();
    image.src = src;
    await image.decode();
    return image.width;
  }, `${other}/photo.png`);
  expect(width).toBe(451);
});

test('a forced reload, which passes the worker by, starts nothing', async ({ page: tab }) => {
  await tab.goto(url);
  await outcome(tab);
  await forceReload(tab);
  // Chromium keeps what sessionStorage held before the isolation apart: the reload is on record.
  expect(await outcome(tab)).toMatchObject({ isolated: false, reason: 'ineffective' });
  expect(loads('/')).toBe(3);
  await tab.reload();
  expect(await outcome(tab)).toEqual({ isolated: true });
  expect(loads('/')).toBe(4);
});

test('where reloads never go through the worker, there is one', async ({ page: tab }) => {
  const session = await tab.context().newCDPSession(tab);
  await session.send('Network.enable');
  await session.send('Network.setBypassServiceWorker', { bypass: true });
  await tab.goto(url);
  expect(await outcome(tab)).toEqual({ isolated: false, reason: 'ineffective', detail: '' });
  expect(loads('/')).toBe(2);
  await tab.reload();
  expect(await outcome(tab)).toMatchObject({ reason: 'ineffective' });
  expect(loads('/')).toBe(3);
});

test('storage that forgets does not make a loop either', async ({ page: tab }) => {
  // The worker's page comes without the policy, as in a browser that does not know it.
  await tab.addInitScript(() => {
    sessionStorage.clear();
    Object.defineProperty(globalThis, 'crossOriginIsolated', { value: false });
  });
  await tab.goto(url);
  expect(await outcome(tab)).toMatchObject({ isolated: false, reason: 'ineffective' });
  expect(loads('/')).toBe(2);
});

test('without storage there is no reload', async ({ page: tab }) => {
  await tab.addInitScript(() => {
    Object.defineProperty(window, 'sessionStorage', {
      get() {
        throw new DOMException('denied', 'SecurityError');
      },
    });
  });
  await tab.goto(url);
  expect(await outcome(tab)).toMatchObject({ isolated: false, reason: 'no-storage' });
  expect(loads('/')).toBe(1);
  expect(await registrations(tab)).toBe(0);
});

test('a missing worker, a folder beside the page, a frame: said, and no reload', async ({
  page: tab,
}) => {
  await tab.goto(`${url}/missing/`);
  const missing = await outcome(tab);
  expect(missing).toMatchObject({ isolated: false, reason: 'worker-failed' });
  expect(missing.detail).toContain('404');
  await tab.goto(`${url}/beside/`);
  expect(await outcome(tab)).toMatchObject({ reason: 'out-of-scope' });
  await tab.goto(`${url}/framed/`);
  const [, frame] = tab.frames();
  await frame?.waitForFunction(() => 'outcome' in window);
  const framed = await frame?.evaluate(() => (window as unknown as { outcome: Outcome }).outcome);
  expect(framed).toMatchObject({ reason: 'framed' });
  expect(['/missing/', '/beside/', '/framed/', '/'].map(loads)).toEqual([1, 1, 1, 1]);
});

test("a site's own worker goes on answering, isolated", async ({ page: tab }) => {
  await tab.goto(`${url}/app/`);
  expect(await outcome(tab)).toEqual({ isolated: true });
  expect(loads('/app/')).toBe(2);
  await tab.goto(`${url}/app/offline.html`);
  expect(await tab.title()).toBe('offline');
  expect(await tab.evaluate(() => crossOriginIsolated)).toBe(true);
  expect(loads('/app/offline.html')).toBe(0);
});

test("a stranger's worker is left in charge", async ({ page: tab }) => {
  await tab.goto(`${url}/plain/`);
  await tab.evaluate(async () => {
    await navigator.serviceWorker.register('/stranger.js');
    await navigator.serviceWorker.ready;
  });
  await tab.goto(url);
  expect(await outcome(tab)).toEqual({
    isolated: false,
    reason: 'other-worker',
    detail: `${url}/stranger.js`,
  });
  expect(loads('/')).toBe(1);
});

test('unregister takes the worker away, and nobody brings it back', async ({ page: tab }) => {
  await tab.goto(url);
  await outcome(tab);
  const gone = await tab.evaluate(async () => {
    const script = '/coi.js';
    const { unregister } = (await import(script)) as Coi;
    return [
      await unregister({ serviceWorker: '/another.js' }),
      await unregister({ serviceWorker: '/coi-sw.js' }),
    ];
  });
  expect(gone).toEqual([false, true]);
  await tab.goto(`${url}/framed/`);
  expect(await tab.evaluate(() => crossOriginIsolated)).toBe(false);
  expect(await registrations(tab)).toBe(0);
});
