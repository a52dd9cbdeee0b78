import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const photo = readFileSync(new URL('../../fixtures/photos/chelsea.png', import.meta.url));

/**
 * A host that is not the page's: /open.png allows everybody, /shut.png may be shown but not read,
 * /endless.png begins and never ends, and the others answer with the status that they name.
 */
export async function serveOtherOrigin() {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    asked.push(`${request.method} ${path}`);
    const open = path === '/shut.png' ? {} : { 'Access-Control-Allow-Origin': '*' };
    const headers = {
      ...open,
      'Content-Type': 'image/png',
      'Cross-Origin-Resource-Policy': 'cross-origin',
    };
    const status = Number(path.slice(1)) || 200;
    response.writeHead(status, headers);
    if (path === '/endless.png') response.write(photo.subarray(0, 1000));
    else response.end(request.method === 'HEAD' || status !== 200 ? undefined : photo);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    asked,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
