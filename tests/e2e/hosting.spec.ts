import { readdirSync, readFileSync } from 'node:fs';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { CUPS, coffee } from './support/photos.js';
import { serveUnder } from './support/static-server.js';
import { expect, test } from './support/test.js';

const site = new URL('../../dist/site/', import.meta.url);

test('the site works under any path of a plain static server', async ({ shiwu, page }) => {
  const server = await serveUnder('/a/b/', site);
  try {
    await shiwu.openReady(server.address);
    await shiwu.drop(coffee);
    expect(CUPS).toContain(await shiwu.firstClass());
    await shiwu.sample('cat').click();
    await shiwu.answer.waitFor();
    await page.getByTestId('about').waitFor();
    expect(server.missing).toEqual([]);
  } finally {
    await page.goto('about:blank'); // nothing is on its way any more
    await server.close();
  }
});

test('the built page carries a strict policy, as a header and in itself', async ({
  shiwu,
  page,
}) => {
  const response = await page.goto('./');
  expect(response?.headers()['content-security-policy']).toContain("frame-ancestors 'none'");
  const meta = page.locator('meta[http-equiv="Content-Security-Policy"]');
  const policy = (await meta.getAttribute('content')) ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval'");
  expect(policy).toContain("connect-src 'self'");
  expect(policy).not.toContain("'unsafe-inline'");
  await expect(shiwu.root).toHaveAttribute('data-model', 'ready');
});

test('nothing of the page is inline', async ({ page }) => {
  const response = await page.goto('./');
  const html = (await response?.text()) ?? '';
  expect(html).not.toMatch(/<style|\sstyle=|<script(?![^>]*\ssrc=)/);
});

test('what lies compressed beside a file is that file', () => {
  const files = readdirSync(site, { recursive: true, encoding: 'utf8' });
  for (const script of files.filter((file) => /(^|\/)(index|worker|sw)\b.*\.js$/.test(file))) {
    const plain = readFileSync(new URL(script, site));
    const brotli = readFileSync(new URL(`${script}.br`, site));
    const gzip = readFileSync(new URL(`${script}.gz`, site));
    expect(brotliDecompressSync(brotli).equals(plain), script).toBe(true);
    expect(gunzipSync(gzip).equals(plain), script).toBe(true);
    expect(brotli.length).toBeLessThan(gzip.length);
  }
  expect(files).toContain('index.html.br');
});
