/** A server with the bad days of real ones. Each route is told what to do; requests are counted. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** `nth` counts the requests for this route, from 1. */
export type Handler = (request: IncomingMessage, response: ServerResponse, nth: number) => void;

export interface FlakyServer {
  readonly url: string;
  /** By path, without the query. Others are 404. */
  readonly routes: Map<string, Handler>;
  /** Paths asked for, in order. */
  readonly requests: string[];
  close(): void;
}

export async function startFlakyServer(headers: Record<string, string> = {}): Promise<FlakyServer> {
  const routes = new Map<string, Handler>();
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const nth = requests.push(pathname) && requests.filter((path) => path === pathname).length;
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    const handler = routes.get(pathname);
    if (handler) handler(request, response, nth);
    else response.writeHead(404).end('no');
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    routes,
    requests,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** The whole file. */
export const whole =
  (body: Uint8Array, headers: Record<string, string> = {}): Handler =>
  (_, response) => {
    response.writeHead(200, { 'content-length': body.length, ...headers }).end(body);
  };

/** Says that the whole file comes, sends its first bytes, and hangs up or falls silent. */
export const part =
  (
    body: Uint8Array,
    length: number,
    then: 'hangs up' | 'falls silent',
    headers: Record<string, string> = {},
  ): Handler =>
  (_, response) => {
    response.writeHead(200, { 'content-length': body.length, ...headers }).flushHeaders();
    response.write(body.subarray(0, length), () => {
      // A moment later, so that the bytes are through.
      if (then === 'hangs up') setTimeout(() => response.destroy(), 50);
    });
  };

export const status =
  (code: number): Handler =>
  (_, response) => {
    response.writeHead(code).end('no');
  };

/** One handler after another, and the last one from then on. */
export const inTurn =
  (...handlers: [Handler, ...Handler[]]): Handler =>
  (request, response, nth) => {
    const handler = handlers[Math.min(nth, handlers.length) - 1] as Handler;
    handler(request, response, nth);
  };
