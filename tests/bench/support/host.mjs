// A static host as people have them: it remembers nothing, lets files be cached for ten minutes, and
// compresses or does not. It counts what it sends, and can be far away.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { gzipSync } from 'node:zlib';
import { openLine } from './line.mjs';

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.json': 'application/json',
  '.jpg': 'image/jpeg',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
  '.wasm': 'application/wasm',
};
const COMPRESSED = new Set([
  '.html',
  '.css',
  '.svg',
  '.js',
  '.mjs',
  '.json',
  '.wasm',
  '.onnx',
  '.tflite',
  '.bin',
]);
/** A photo among 108 MP must not stay in memory beside what is measured. */
const KEPT = 64e6;
/** Compressed once for all hosts of this process: it takes longer than sending. */
const packed = new Map();

function bodyOf(file, zip) {
  const key = `${file} ${zip}`;
  const kept = packed.get(key);
  if (kept) return kept;
  const bytes = readFileSync(file);
  const body = zip ? gzipSync(bytes, { level: 9 }) : bytes;
  if (zip || body.length < KEPT) packed.set(key, body);
  return body;
}

/**
 * @param {Record<string, string>} mounts path prefix → folder or file
 * @param {boolean} compress by gzip, as most hosts do for text and .wasm, and some for the rest
 * @param {object} [options]
 * @param {boolean} [options.isolated] from other origins: the page may have threads, and a clock of full resolution
 * @param {object} [options.line] one of LINES
 */
export async function host(mounts, compress, { isolated = false, line = {} } = {}) {
  const counted = { bytes: 0, requests: 0 };
  const connection = openLine(line);
  const find = (path) => {
    if (Object.hasOwn(mounts, path)) return mounts[path];
    for (const [prefix, target] of Object.entries(mounts)) {
      if (prefix.endsWith('/') && path.startsWith(prefix)) {
        const file = join(target, normalize(`/${path.slice(prefix.length)}`));
        if (existsSync(file) && statSync(file).isFile()) return file;
      }
    }
  };
  const isolation = isolated && {
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-embedder-policy': 'require-corp',
  };
  const answer = async (request, response) => {
    const path = decodeURIComponent(new URL(request.url, 'http://x').pathname);
    counted.requests++;
    await connection.reach(request.socket);
    if (path === '/') {
      response.writeHead(200, { 'content-type': TYPES['.html'], ...isolation });
      return response.end('<!doctype html><link rel="icon" href="data:,"><title>bench</title>');
    }
    const file = find(path);
    if (!file) return response.writeHead(404, isolation || {}).end();
    const type = extname(file);
    const zip = compress && COMPRESSED.has(type);
    const body = bodyOf(file, zip);
    counted.bytes += body.length;
    response.writeHead(200, {
      'content-type': TYPES[type] ?? 'application/octet-stream',
      'content-length': body.length,
      'cache-control': 'max-age=600',
      ...isolation,
      ...(zip && { 'content-encoding': 'gzip' }),
    });
    await connection.send(response, body);
  };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    /** What was sent since the last call. */
    take() {
      const taken = { ...counted };
      counted.bytes = 0;
      counted.requests = 0;
      return taken;
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
