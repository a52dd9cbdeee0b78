// Where people run the library: in workers, under headers of every kind, in sandboxed frames, from a CDN.
import { readFileSync } from 'node:fs';
import { expect, type Frame, type Page, test } from '@playwright/test';
import { EMPTY, type Host, serveHost } from './support/hosts.js';
import { CATS } from './support/photos.js';

type Library = typeof import('../../web/src/index.js');
type Options = Pick<
  NonNullable<Parameters<Library['createClassifier']>[0]>,
  'assetBase' | 'engine' | 'threads'
>;

interface Named {
  /** Id of the best class, or the code of the error. */
  readonly first: string;
  readonly detail: string;
  readonly threads: number | undefined;
  readonly warnings: readonly string[];
  /** What the policy refused, as directives. */
  readonly violations: readonly string[];
}

/** Names the cat with the library from `base`; runs in a page, a frame or a worker. */
async function name(base: string, photo: string, options: Options = {}): Promise<Named> {
  const violations: string[] = [];
  globalThis.addEventListener('securitypolicyviolation', (event) => {
    violations.push((event as SecurityPolicyViolationEvent).effectiveDirective);
  });
  const address = `${base}/dist/index.js`;
  const { createClassifier, ShiwuError } = (await import(address)) as Library;
  const warnings: string[] = [];
  try {
    const classifier = await createClassifier({
      ...options,
      onWarning: (message) => warnings.push(message),
    });
    const { predictions } = await classifier.classify(photo, { topK: 1 });
    const { threads } = classifier.info;
    await classifier.dispose();
    const first = predictions[0]?.id ?? '';
    return { first, detail: '', threads, warnings, violations };
  } catch (error) {
    if (!(error instanceof ShiwuError)) throw error;
    const { code: first, detail } = error;
    return { first, detail, threads: undefined, warnings, violations };
  }
}

declare global {
  var nameCat: typeof name;
}

const PHOTO = '/tests/fixtures/photos/chelsea.png';
const NAME = `globalThis.nameCat = ${name.toString()};`;
/** A worker that is told what `name` is to be called with. */
const ASK = `${NAME} onmessage = async ({ data }) => postMessage(await nameCat(...data));`;
const SCRIPTS = { '/name.js': NAME, '/deep/asking.js': ASK };
const PAGE = `${EMPTY}<script src="/name.js"></script>`;

const hosts: Host[] = [];
/** A site whose page / can name the cat, and whatever else is wanted of it. */
async function host(options: Parameters<typeof serveHost>[0] = {}): Promise<Host> {
  const pages = { '/': PAGE, ...options.pages };
  const one = await serveHost({ ...options, pages, scripts: { ...SCRIPTS, ...options.scripts } });
  hosts.push(one);
  return one;
}
test.afterEach(async () => {
  await Promise.all(hosts.splice(0).map((one) => one.close()));
});

/** In the page / of `site`, with the library from `base`. */
async function nameAt(page: Page, site: Host, options: Options = {}, base = site): Promise<Named> {
  await page.goto(`${site.origin}/`);
  return nameIn(page.mainFrame(), base, options);
}

function nameIn(frame: Frame, { origin }: Host, options: Options = {}): Promise<Named> {
  const wanted = [origin, origin + PHOTO, options] as const;
  return frame.evaluate((all) => globalThis.nameCat(...all), wanted);
}

/** In a worker of the page's. */
function nameInWorker(page: Page, type: WorkerType, wanted: Parameters<typeof name>) {
  return page.evaluate(
    ([type, wanted]) =>
      new Promise<Named>((resolve, reject) => {
        const worker = new Worker('/deep/asking.js', { type });
        worker.onmessage = ({ data }: MessageEvent<Named>) => resolve(data);
        worker.onerror = ({ message }) => reject(new Error(message));
        worker.postMessage(wanted);
      }),
    [type, wanted] as const,
  );
}

const CORS = { 'access-control-allow-origin': '*' };
const COOP = { 'cross-origin-opener-policy': 'same-origin' };
const coep = (policy: string) => ({ 'cross-origin-embedder-policy': policy });
const csp = (policy: string) => ({ 'content-security-policy': policy });
/** A header for the page alone. */
const onPage = (headers: Record<string, string>) => (path: string) =>
  path === '/' ? headers : ({} as Record<string, string>);

function expectCat(named: Named): void {
  expect(named.detail).toBe('');
  expect(CATS).toContain(named.first);
}

const ENGINES = ['shiwu', 'ort'] as const;

test.describe('in a worker', () => {
  for (const type of ['module', 'classic'] as const) {
    test(`${type}: relative addresses start from the worker's script`, async ({ page }) => {
      const site = await host();
      await page.goto(`${site.origin}/`);
      const options = { assetBase: '../dist', model: '../models/bundles/lite0/lite0.onnx' };
      const photo = '../tests/fixtures/photos/chelsea.png';
      expectCat(await nameInWorker(page, type, [site.origin, photo, options]));
    });
  }

  test('threads, from a CDN too', async ({ page }) => {
    const headers = () => ({ ...COOP, ...coep('require-corp'), ...CORS });
    const [site, cdn] = [await host({ headers }), await host({ headers })];
    await page.goto(`${site.origin}/`);
    for (const { origin } of [site, cdn]) {
      const options = { engine: 'ort', threads: 2 } as const;
      const named = await nameInWorker(page, 'module', [origin, origin + PHOTO, options]);
      expectCat(named);
      expect(named.threads).toBe(2);
    }
  });
});

test.describe('from another origin', () => {
  for (const engine of ENGINES) {
    test(`a CDN, engine ${engine}: nothing of the library lies at the site`, async ({ page }) => {
      const [site, cdn] = [await host(), await host({ headers: () => CORS })];
      expectCat(await nameAt(page, site, { engine }, cdn));
      expect(site.asked.filter((path) => path.startsWith('/dist/'))).toEqual([]);
    });

    test(`assetBase at a CDN, engine ${engine}`, async ({ page }) => {
      const [site, cdn] = [await host(), await host({ headers: () => CORS })];
      expectCat(await nameAt(page, site, { engine, assetBase: `${cdn.origin}/dist/` }));
      expect(site.asked.filter((path) => path.startsWith('/dist/'))).toEqual(['/dist/index.js']);
    });

    test(`a sandboxed frame, whose origin is nobody's, engine ${engine}`, async ({ page }) => {
      const frame = '<iframe sandbox="allow-scripts" src="/inside"></iframe>';
      const pages = { '/': `${EMPTY}${frame}`, '/inside': PAGE };
      const site = await host({ pages, headers: () => CORS });
      await page.goto(`${site.origin}/`);
      const inside = page.frames()[1] as Frame;
      await inside.waitForLoadState();
      expect(await inside.evaluate(() => globalThis.origin)).toBe('null');
      expectCat(await nameIn(inside, site, { engine }));
    });
  }

  test('a policy without blob: is named, and what it must allow', async ({ page }) => {
    const cdn = await host({ headers: () => CORS });
    const from = `'self' ${cdn.origin}`;
    const policy = `script-src ${from} 'wasm-unsafe-eval'; worker-src ${from}`;
    const site = await host({ headers: onPage(csp(policy)) });
    const { first, detail } = await nameAt(page, site, {}, cdn);
    expect(first).toBe('blocked-by-policy');
    expect(detail).toContain(`worker-src blob: and script-src ${cdn.origin}`);
  });

  test('a CDN that is not in script-src is named', async ({ page }) => {
    const cdn = await host({ headers: () => CORS });
    const policy = "script-src 'self' 'wasm-unsafe-eval'; worker-src blob:";
    const site = await host({ headers: onPage(csp(policy)) });
    const options = { assetBase: `${cdn.origin}/dist/` };
    const { first, detail } = await nameAt(page, site, options);
    expect(first).toBe('blocked-by-policy');
    expect(detail).toContain(`script-src ${cdn.origin}`);
  });

  test('a CDN that does not let others read its script is named', async ({ page }) => {
    const shut = (path: string) => (path.includes('worker') ? {} : CORS);
    const [site, cdn] = [await host(), await host({ headers: shut })];
    const { first, detail } = await nameAt(page, site, {}, cdn);
    expect(first).toBe('blocked-by-policy');
    expect(detail).toContain('Access-Control-Allow-Origin');
  });
});

test.describe('isolated', () => {
  for (const policy of ['require-corp', 'credentialless']) {
    const isolated = { ...COOP, ...coep(policy) };

    test(`${policy} on everything: threads`, async ({ page }) => {
      const site = await host({ headers: () => isolated });
      const named = await nameAt(page, site, { engine: 'ort', threads: 2 });
      expectCat(named);
      expect(named).toMatchObject({ threads: 2, warnings: [] });
    });

    test(`${policy} on the page alone: the workers start all the same`, async ({ page }) => {
      const site = await host({ headers: onPage(isolated) });
      expectCat(await nameAt(page, site, { engine: 'shiwu' }));
      expectCat(await nameAt(page, site, { engine: 'ort', threads: 2 }));
    });

    test(`${policy}, not on the threads' script: one thread, and why`, async ({ page }) => {
      const headers = (path: string) => (path === '/dist/ort-threads.mjs' ? {} : isolated);
      const site = await host({ headers });
      const named = await nameAt(page, site, { engine: 'ort', threads: 2 });
      expectCat(named);
      expect(named.threads).toBe(1);
      expect(named.warnings.join()).toContain('Cross-Origin-Embedder-Policy');
    });

    test(`${policy}, and a CDN: threads`, async ({ page }) => {
      const site = await host({ headers: () => isolated });
      const cdn = await host({ headers: () => CORS });
      const named = await nameAt(page, site, { engine: 'ort', threads: 2 }, cdn);
      expectCat(named);
      expect(named.threads).toBe(2);
    });

    test(`${policy} on the page alone, and no blob: the header is named`, async ({ page }) => {
      const all = "script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'";
      const site = await host({ headers: onPage({ ...isolated, ...csp(all) }) });
      const { first, detail } = await nameAt(page, site);
      expect(first).toBe('blocked-by-policy');
      expect(detail).toContain('worker.js came without the header Cross-Origin-Embedder-Policy');
    });
  }
});

test.describe('Trusted Types', () => {
  test.use({ serviceWorkers: 'allow' });

  const typed = (names: string) =>
    csp(`require-trusted-types-for 'script'; trusted-types ${names}`);

  for (const engine of ENGINES) {
    test(`the policy shiwu is allowed, engine ${engine}`, async ({ page }) => {
      const site = await host({ headers: () => typed('shiwu') });
      const named = await nameAt(page, site, { engine });
      expectCat(named);
      expect(named.violations).toEqual([]);
    });
  }

  test('from a CDN, with threads', async ({ page }) => {
    const isolated = { ...COOP, ...coep('require-corp') };
    const site = await host({ headers: () => ({ ...isolated, ...typed('shiwu') }) });
    const cdn = await host({ headers: () => ({ ...CORS, ...coep('require-corp') }) });
    for (const base of [site, cdn]) {
      const named = await nameAt(page, site, { engine: 'ort', threads: 2 }, base);
      expectCat(named);
      expect(named).toMatchObject({ threads: 2, violations: [], warnings: [] });
    }
  });

  test('shiwu/coi registers its service worker', async ({ page }) => {
    const isolating = `import { isolate } from '/dist/coi.js';
      globalThis.outcome = await isolate({ serviceWorker: '/coi-sw.js' });`;
    const worker = readFileSync(new URL('../../dist/coi-sw.js', import.meta.url), 'utf8');
    const site = await host({
      pages: { '/': `${EMPTY}<script type="module" src="/isolating.js"></script>` },
      scripts: { '/isolating.js': isolating, '/coi-sw.js': worker },
      headers: onPage(typed('shiwu-coi')),
    });
    await page.goto(`${site.origin}/`);
    await page.waitForFunction(() => 'outcome' in globalThis);
    const outcome = await page.evaluate(
      () => (globalThis as unknown as { outcome: object }).outcome,
    );
    expect(outcome).toEqual({ isolated: true });
  });

  test("a site's own default policy is enough", async ({ page }) => {
    const make = `trustedTypes.createPolicy('default', { createScriptURL: (url) => url });`;
    const pages = { '/': `${PAGE}<script src="/make.js"></script>` };
    const scripts = { '/make.js': make };
    const site = await host({ pages, scripts, headers: onPage(typed('default')) });
    const named = await nameAt(page, site);
    expectCat(named);
    expect(named.violations).toEqual([]);
  });

  test('the policy that is not allowed is named', async ({ page }) => {
    const site = await host({ headers: () => typed("'none'") });
    const { first, detail } = await nameAt(page, site);
    expect(first).toBe('blocked-by-policy');
    expect(detail).toContain('trusted-types shiwu');
  });
});

test.describe('what is to blame', () => {
  test('a policy without wasm-unsafe-eval, and not an old browser', async ({ page }) => {
    const site = await host({ headers: onPage(csp("script-src 'self'; worker-src 'self'")) });
    const { first, detail } = await nameAt(page, site);
    expect(first).toBe('blocked-by-policy');
    expect(detail).toContain("'wasm-unsafe-eval'");
  });

  test('a policy that allows no workers', async ({ page }) => {
    const policy = "script-src 'self' 'wasm-unsafe-eval'; worker-src 'none'";
    const site = await host({ headers: onPage(csp(policy)) });
    const { first, detail } = await nameAt(page, site);
    expect(first).toBe('blocked-by-policy');
    expect(detail).toContain('worker-src');
  });

  test('WebAssembly that somebody switched off', async ({ page }) => {
    await page.addInitScript('delete globalThis.WebAssembly');
    const { first, detail } = await nameAt(page, await host());
    expect(first).toBe('blocked-by-policy');
    expect(detail).toContain('Lockdown Mode');
  });

  test('a browser without SIMD, which is old', async ({ page }) => {
    await page.addInitScript('WebAssembly.validate = () => false');
    const { first, detail } = await nameAt(page, await host());
    expect([first, detail]).toEqual(['unsupported-environment', 'WebAssembly SIMD']);
  });

  test('worker.js that is missing, a web page, or of another type', async ({ page }) => {
    const missing = await host();
    const gone = { assetBase: `${missing.origin}/nowhere/` };
    expect(await nameAt(page, missing, gone)).toMatchObject({ first: 'not-found' });
    const spa = await host({ pages: { '/dist/worker.js': EMPTY } });
    expect(await nameAt(page, spa)).toMatchObject({
      first: 'not-found',
      detail: 'worker.js: a web page came instead',
    });
    const type = (path: string): Record<string, string> =>
      path === '/dist/worker.js' ? { 'content-type': 'text/plain' } : {};
    const { first, detail } = await nameAt(page, await host({ headers: type }));
    expect([first, detail]).toEqual([
      'worker-crashed',
      'worker.js came as "text/plain", and browsers run text/javascript only',
    ]);
  });

  test('a worker that throws at its start', async ({ page }) => {
    const site = await host({ before: { '/dist/worker.js': 'throw new Error("on purpose");' } });
    const { first, detail } = await nameAt(page, site);
    expect([first, detail]).toEqual(['worker-crashed', 'Uncaught Error: on purpose']);
  });
});
