// Hosts that each answer in their own way: a site with its headers, a CDN of another origin, one that forgets some.
import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Handler } from '../../support/flaky-server.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
};

type Headers = Record<string, string>;

interface HostOptions {
  /** HTML by path. The path / is an empty page unless it is here. */
  readonly pages?: Record<string, string>;
  /** More scripts by path. */
  readonly scripts?: Record<string, string>;
  /** Runs before the script of this path, in it. */
  readonly before?: Record<string, string>;
  /** What is sent with a path beside its type. */
  readonly headers?: (path: string) => Headers;
}

export interface Host {
  /** Without a slash at its end. */
  readonly origin: string;
  /** Paths asked for, in order. */
  readonly asked: string[];
  /** What answers a path in the place of its file; `nth` counts from when it was put in. */
  readonly routes: Map<string, Handler>;
  close(): Promise<void>;
}

export const EMPTY = '<!doctype html><link rel="icon" href="data:,"><title>empty</title>';

/** The repository's files, by HTTP on 127.0.0.1; every host has a port, and so an origin, of its own. */
export async function serveHost(options: HostOptions = {}): Promise<Host> {
  const { pages = {}, scripts = {}, before = {}, headers = () => ({}) } = options;
  const asked: string[] = [];
  const routes = new Map<string, Handler>();
  const counts = new Map<Handler, number>();
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url ?? '/', 'http://x').pathname));
    asked.push(path);
    const route = routes.get(path);
    if (route) {
      const nth = (counts.get(route) ?? 0) + 1;
      counts.set(route, nth);
      return route(request, response, nth);
    }
    const send = (status: number, type: string, body?: string) => {
      const more = { 'cache-control': 'no-store', 'content-type': type, ...headers(path) };
      response.writeHead(status, more);
      return body === undefined ? response : response.end(body);
    };
    const page = pages[path] ?? (path === '/' ? EMPTY : undefined);
    const script = scripts[path];
    const file = join(root, path);
    if (page !== undefined) send(200, 'text/html; charset=utf-8', page);
    else if (script !== undefined) send(200, 'text/javascript', script);
    else if (!file.startsWith(root) || !existsSync(file) || !statSync(file).isFile()) {
      send(404, 'text/plain', 'not found');
    } else if (before[path] !== undefined) {
      send(200, 'text/javascript', `${before[path]}\n${readFileSync(file, 'utf8')}`);
    } else {
      createReadStream(file).pipe(send(200, TYPES[extname(file)] ?? 'application/octet-stream'));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    routes,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
