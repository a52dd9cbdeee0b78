// Puts a project's page on a port of this machine: a folder of files under a strict Content-Security-Policy, or
// the bundler's own server.
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Trouble } from '../../../scripts/lib/project.mjs';
import { start, which } from '../../../scripts/lib/run.mjs';

// The readme promises that this is enough: no eval, nothing inline, nothing from elsewhere.
const POLICY =
  "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'";

// What an ordinary static host says. It does not know .onnx and compresses nothing.
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.wasm': 'application/wasm',
  '.gz': 'application/gzip',
};

const READY_WITHIN = 60_000; // ms: `next dev` on a busy machine

// With these, a page may use threads.
const ISOLATION = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};

/** @returns {Promise<{url: string, close: () => Promise<void>}>} */
export async function serveFolder(folder, { isolated = false } = {}) {
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url, 'http://x').pathname);
    const file = join(folder, path.endsWith('/') ? `${path}index.html` : path);
    const there = file.startsWith(folder + sep) && existsSync(file) && statSync(file).isFile();
    response.writeHead(there ? 200 : 404, {
      'content-security-policy': POLICY,
      ...(isolated ? ISOLATION : {}),
      'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
      ...(there ? { 'content-length': statSync(file).size } : {}),
    });
    if (there) createReadStream(file).pipe(response);
    else response.end();
  });
  const port = await listening(server);
  return { url: `http://127.0.0.1:${port}/`, close: () => closed(server) };
}

/**
 * Runs a package.json script that serves, as `vite` or `next start`. The program itself is started, not npm, so
 * that ending it leaves nothing behind.
 * @param {string} script the script's words
 * @returns {Promise<{url: string, close: () => Promise<void>}>}
 */
export async function serveByScript(folder, script) {
  const [program, ...words] = script.split(' ');
  const port = await freePort();
  const path = which(program, [join(folder, 'node_modules/.bin')]);
  const child = start(path, [...words, '--port', String(port)], {
    cwd: folder,
    env: { NEXT_TELEMETRY_DISABLED: '1', NO_COLOR: '1' },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      said = (said + chunk).slice(-4000);
    });
  const ended = new Promise((done) => child.once('close', done));
  const close = async () => {
    child.kill();
    await ended;
  };
  const url = `http://localhost:${port}/`;
  const deadline = performance.now() + READY_WITHIN;
  while (!(await answers(url))) {
    if (child.exitCode !== null || performance.now() > deadline) {
      child.kill();
      throw new Trouble(`${said.trim()}\n"${script}" did not answer at ${url}`);
    }
    await sleep(100);
  }
  return { url, close };
}

const answers = (url) =>
  fetch(url).then(
    (response) => response.ok,
    () => false,
  );

const listening = (server) =>
  new Promise((done, fail) => {
    server.once('error', fail);
    server.listen(0, '127.0.0.1', () => done(server.address().port));
  });

const closed = (server) =>
  new Promise((done) => {
    server.close(done);
    server.closeAllConnections();
  });

async function freePort() {
  const server = createServer();
  const port = await listening(server);
  await closed(server);
  return port;
}
