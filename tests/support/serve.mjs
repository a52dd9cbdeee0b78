// A static server for tests and measurements. Unless told otherwise the page is isolated from other origins: it may
// use threads, and the browser's clock has its full resolution (5 µs instead of 100).
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.jpg': 'image/jpeg',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};

/** Serves `root`, with more headers if given; resolves to { url, close }. The path / is an empty page. */
export async function serve(root, { isolated = true, headers: more = {} } = {}) {
  const server = createServer((request, response) => {
    const headers = {
      ...(isolated && {
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-embedder-policy': 'require-corp',
      }),
      'cache-control': 'no-store',
      ...more,
    };
    const path = normalize(decodeURIComponent(new URL(request.url, 'http://x').pathname));
    const file = join(root, path);
    if (path === '/') {
      response.writeHead(200, { ...headers, 'content-type': TYPES['.html'] });
      response.end('<!doctype html><link rel="icon" href="data:,"><title>bench</title>');
    } else if (file.startsWith(root) && existsSync(file) && statSync(file).isFile()) {
      const type = TYPES[extname(file)] ?? 'application/octet-stream';
      const length = statSync(file).size;
      response.writeHead(200, { ...headers, 'content-type': type, 'content-length': length });
      createReadStream(file).pipe(response);
    } else {
      response.writeHead(404, headers).end();
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    close: () => server.close(),
  };
}
