/** A picture that is looked at more than once. */
import { ShiwuError } from '../errors.js';
import type { Payload } from './protocol.js';

export class Rereadable {
  private constructor(private readonly payload: Exclude<Payload, { kind: 'blob' }>) {}

  /** Takes the payload over. A Blob is read once; throws `unreadable-input` where it cannot be. */
  static async of(payload: Payload): Promise<Rereadable> {
    if (payload.kind !== 'blob') return new Rereadable(payload);
    try {
      return new Rereadable({ kind: 'bytes', bytes: await payload.blob.arrayBuffer() });
    } catch (cause) {
      throw new ShiwuError('unreadable-input', String(cause), { cause });
    }
  }

  /** The same for one look, which closes what it is given. */
  async copy(): Promise<Payload> {
    const { payload } = this;
    if (payload.kind === 'bitmap') {
      return { ...payload, bitmap: await createImageBitmap(payload.bitmap) };
    }
    if (payload.kind === 'bytes' && payload.decoded?.bitmap) {
      const bitmap = await createImageBitmap(payload.decoded.bitmap);
      return { ...payload, decoded: { ...payload.decoded, bitmap } };
    }
    return payload;
  }

  close(): void {
    const { payload } = this;
    if (payload.kind === 'bitmap') payload.bitmap.close();
    if (payload.kind === 'bytes') payload.decoded?.bitmap?.close();
  }
}
