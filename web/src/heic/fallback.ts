/** Tries again, by the caller's decoder, what the browser could not decode. */
import { ShiwuError, toShiwuError } from '../errors.js';
import type { Parcel } from '../sources/payload.js';
import type { Classification, HeicDecoder } from '../types.js';
import type { Payload } from '../worker/protocol.js';

interface Limits {
  readonly maxPixels: number;
  readonly signal: AbortSignal;
}

/**
 * Has `parcel` looked at; where that rejects with `needs-decoder` and there is a decoder, decodes and
 * has the pixels looked at. Both looks must count their time from the same start: `timings` then has
 * the decoder's time under `decode`.
 */
export async function withHeic(
  look: (parcel: Parcel) => Promise<Classification>,
  parcel: Parcel,
  heic: HeicDecoder | undefined,
  limits: Limits,
): Promise<Classification> {
  const file = heic ? keepFile(parcel.payload) : undefined;
  try {
    return await look(parcel);
  } catch (error) {
    const isHeic = error instanceof ShiwuError && error.code === 'needs-decoder';
    if (!isHeic || !heic || !file) throw error;
  }
  const start = performance.now();
  const bytes = 'arrayBuffer' in file ? await file.arrayBuffer() : file;
  const pixels = await decode(heic, new Uint8Array(bytes), limits);
  const decoding = performance.now() - start;
  const { image, timings, ...result } = await look(pixels);
  return {
    ...result,
    image: { ...image, decoder: 'heic' },
    timings: {
      ...timings,
      decode: timings.decode + decoding,
      queue: Math.max(0, timings.queue - decoding),
    },
  };
}

/** The file, for a second reading: bytes are moved to the worker, so what may be HEIC is copied. */
function keepFile(payload: Payload): Blob | ArrayBuffer | undefined {
  if (payload.kind === 'blob') return payload.blob;
  if (payload.kind !== 'bytes') return undefined;
  // ISO 14496-12: a file type box comes first. As text by no decoder: jsdom has none.
  const head = String.fromCharCode(...new Uint8Array(payload.bytes.slice(4, 8)));
  return head === 'ftyp' ? payload.bytes.slice(0) : undefined;
}

async function decode(
  heic: HeicDecoder,
  file: Uint8Array<ArrayBuffer>,
  limits: Limits,
): Promise<Parcel> {
  try {
    const { data, width, height } = await heic(file, limits);
    // No copy: the decoder made the pixels for this call.
    const whole = data.byteLength === data.buffer.byteLength ? data.buffer : data.slice().buffer;
    return { payload: { kind: 'pixels', data: whole, width, height }, transfer: [whole] };
  } catch (error) {
    throw asDecodingError(error);
  }
}

/** The decoder is another bundle, or is not ours at all: then it is the picture that it could not read. */
function asDecodingError(error: unknown): ShiwuError {
  if (error instanceof Error && error.name === 'ShiwuError') return toShiwuError(error);
  return new ShiwuError('corrupt-image', `heic: ${String(error)}`, { cause: error });
}
