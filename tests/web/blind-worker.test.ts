// A worker that reads no Blobs, as WebKit's on a page from the disk: the caller's thread reads and decodes for it.
import { afterEach, describe, expect, it, vi } from 'vitest';
import { WorkerClient } from '../../web/src/host/client.js';
import type { WorkerEvents } from '../../web/src/platform/platform.js';
import type { EngineParts, Loaded, Question, Request } from '../../web/src/worker/protocol.js';
import { labelOf, resultOf, SETTINGS } from './support/fake-worker.js';

/** Answers with the text that it was given; for text that begins with RIFF it needs a bitmap, which it makes of no bytes. */
function blindWorker(): { client: WorkerClient; kinds: string[] } {
  const kinds: string[] = [];
  let events: WorkerEvents | undefined;
  const seen = (request: Question): string | undefined => {
    const text = (bytes: BufferSource) => new TextDecoder().decode(bytes);
    if (request.type === 'load') {
      const { file } = request.parts.model;
      kinds.push(file instanceof Blob ? 'blob' : 'bytes');
      return file instanceof Blob ? undefined : text(file);
    }
    if (request.type !== 'classify') return undefined;
    const { payload } = request;
    const { decoded, bytes } = payload.kind === 'bytes' ? payload : {};
    kinds.push(decoded ? 'decoded' : payload.kind);
    if (!bytes || (text(bytes).startsWith('RIFF') && !decoded)) return undefined;
    return decoded ? `bitmap ${decoded.bitmap?.width}` : text(bytes);
  };
  const post = (request: Request) => {
    if (request.type === 'prepare' || request.type === 'cancel') return;
    const { id, type } = request;
    const text = seen(request);
    queueMicrotask(() => {
      if (text === undefined) {
        const error = { code: 'unreadable-input', detail: 'NotReadableError' } as const;
        events?.onReply({ type: 'failed', id, error });
      } else if (type === 'load') {
        events?.onReply({ type: 'loaded', id, loaded: { warnings: [text] } as unknown as Loaded });
      } else {
        events?.onReply({ type: 'classified', id, result: resultOf(text) });
      }
    });
  };
  const client = new WorkerClient((given) => {
    events = given;
    return { post, terminate: () => {} };
  });
  return { client, kinds };
}

const look = async (client: WorkerClient, blob: Blob) =>
  labelOf(await client.classify({ payload: { kind: 'blob', blob }, transfer: [] }, SETTINGS, 0));

describe('a worker that reads no Blobs', () => {
  afterEach(() => vi.unstubAllGlobals());

  it('is given the bytes of a photo', async () => {
    const { client, kinds } = blindWorker();
    expect(await look(client, new Blob(['photo']))).toBe('photo');
    expect(kinds).toEqual(['blob', 'bytes']);
  });

  it('is given the bitmap of a photo that needs the browser', async () => {
    vi.stubGlobal('createImageBitmap', async () => ({ width: 7, close: () => {} }));
    const { client, kinds } = blindWorker();
    expect(await look(client, new Blob(['RIFF']))).toBe('bitmap 7');
    expect(kinds).toEqual(['blob', 'bytes', 'decoded']);
  });

  it('is given the bytes of a model', async () => {
    const { client, kinds } = blindWorker();
    const parts = { model: { file: new Blob(['network']) } } as unknown as EngineParts;
    expect(await client.load(parts)).toEqual({ warnings: ['network'] });
    expect(kinds).toEqual(['blob', 'bytes']);
  });

  it('has the last word on a file that the caller cannot read either', async () => {
    const { client, kinds } = blindWorker();
    const gone = new Blob(['gone']);
    gone.arrayBuffer = () => Promise.reject(new DOMException('', 'NotFoundError'));
    await expect(look(client, gone)).rejects.toMatchObject({
      code: 'unreadable-input',
      detail: 'NotReadableError',
    });
    expect(kinds).toEqual(['blob']);
  });
});
