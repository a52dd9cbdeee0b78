import { ShiwuError } from '../errors.js';
import { sayStarted } from '../worker/started.js';
import type { LibheifFactory } from './libheif.js';
import type { HeicReply, HeicRequest } from './protocol.js';
import { HeicReader } from './reader.js';

/** The worker's message loop. `load` gets the request's `url`, which is the same in all of them. */
export function serve(load: (url: string | undefined) => Promise<LibheifFactory>): void {
  let reader: HeicReader | undefined;
  self.addEventListener('message', ({ data: request }: MessageEvent<HeicRequest>) => {
    reader ??= new HeicReader(() => load(request.url));
    void answer(reader, request);
  });
  sayStarted();
}

async function answer(reader: HeicReader, { id, file, maxPixels }: HeicRequest): Promise<void> {
  try {
    const pixels = await reader.read(file, maxPixels);
    post({ id, pixels }, [pixels.data.buffer]);
  } catch (error) {
    const { code, detail } =
      error instanceof ShiwuError ? error : new ShiwuError('corrupt-image', String(error));
    post({ id, error: { code, detail } }, []);
  }
}

function post(reply: HeicReply, transfer: Transferable[]): void {
  self.postMessage(reply, { transfer });
}
