import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { downloadAll } from '../../web/src/model/download.js';

const BODY = Buffer.alloc(300_000, 7);
let server: Server;
let base: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url === '/plain') {
      response.writeHead(200, { 'content-length': BODY.length }).end(BODY);
    } else if (request.url === '/gzip') {
      const packed = gzipSync(BODY);
      response
        .writeHead(200, { 'content-encoding': 'gzip', 'content-length': packed.length })
        .end(packed);
    } else if (request.url === '/short') {
      response.writeHead(200).end(BODY.subarray(0, 1000));
    } else {
      response.writeHead(404).end('no');
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

describe('downloadAll', () => {
  it('adds up real bytes, compressed transfers by their plain size', async () => {
    const seen: [number, number][] = [];
    const files = await downloadAll(
      [
        { url: `${base}/plain`, bytes: 0 },
        { url: `${base}/gzip`, bytes: BODY.length },
      ],
      (loaded, total) => seen.push([loaded, total]),
    );
    expect(files.map((file) => Buffer.from(file).equals(BODY))).toEqual([true, true]);
    expect(seen.at(-1)).toEqual([2 * BODY.length, 2 * BODY.length]);
    const loaded = seen.map(([bytes]) => bytes);
    expect(loaded).toEqual([...loaded].sort((a, b) => a - b));
    expect(seen.every(([bytes, total]) => total === 0 || bytes <= total)).toBe(true);
  });

  it('says which file failed and how', async () => {
    const failing = downloadAll(
      [
        { url: `${base}/plain`, bytes: 0 },
        { url: `${base}/gone.onnx`, bytes: 10 },
      ],
      () => {},
    );
    await expect(failing).rejects.toMatchObject({
      code: 'network',
      detail: 'gone.onnx: HTTP 404',
    });
  });

  it('does not take part of a file for all of it', async () => {
    await expect(
      downloadAll([{ url: `${base}/short`, bytes: BODY.length }], () => {}),
    ).rejects.toMatchObject({ code: 'network', detail: 'short: 1000 of 300000 bytes' });
  });

  it('reports an unreachable server', async () => {
    await expect(
      downloadAll([{ url: 'http://127.0.0.1:9/x.onnx', bytes: 0 }], () => {}),
    ).rejects.toMatchObject({ code: 'network' });
  });
});
