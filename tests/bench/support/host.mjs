// A static host as people have them: it remembers nothing, lets files be cached for ten minutes, and
// compresses or does not. It counts what it sends.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { gzipSync } from 'node:zlib';

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
const COMPRESSED = new Set(['.html', '.css', '.svg', '.js', '.mjs', '.json', '.wasm', '.onnx']);

/**
 * @param {Record<string, string>} mounts path prefix → folder or file
 * @param {boolean} compress by gzip, as most hosts do for text and .wasm, and some for the rest
 */
export async function host(mounts, compress) {
  const packed = new Map();
  const counted = { bytes: 0, requests: 0 };
  const find = (path) => {
    for (const [prefix, target] of Object.entries(mounts)) {
      if (path === prefix) return target;
      if (prefix.endsWith('/') && path.startsWith(prefix)) {
        const file = join(target, normalize(`/${path.slice(prefix.length)}`));
        if (existsSync(file) && statSync(file).isFile()) return file;
      }
    }
  };
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url, 'http://x').pathname);
    counted.requests++;
    if (path === '/') {
      response.writeHead(200, { 'content-type': TYPES['.html'] });
      return response.end('<!doctype html><link rel="icon" href="data:,"><title>bench</title>');
    }
    const file = find(path);
    if (!file) return response.writeHead(404).end();
    const type = extname(file);
    const zip = compress && COMPRESSED.has(type);
    const key = `${file} ${zip}`;
    if (!packed.has(key)) {
      const bytes = readFileSync(file);
      packed.set(key, zip ? gzipSync(bytes, { level: 9 }) : bytes);
    }
    const body = packed.get(key);
    counted.bytes += body.length;
    response.writeHead(200, {
      'content-type': TYPES[type] ?? 'application/octet-stream',
      'content-length': body.length,
      'cache-control': 'max-age=600',
      ...(zip && { 'content-encoding': 'gzip' }),
    });
    response.end(body);
  });
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
    close: () => server.close(),
  };
}
