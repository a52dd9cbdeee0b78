import { pathToFileURL } from 'node:url';
import { noise } from '../../support/noise.js';
import { type Upload, upload } from './shiwu-page.js';

const fixture = (name: string) => new URL(`../../fixtures/shapes/${name}`, import.meta.url);

/**
 * A model that knows six drawn shapes: the one that lies beside this test, or the one that
 * tests/python/test_own_model.py has just trained and names here.
 */
const path = process.env.SHIWU_OWN_MODEL;
export const shapes = upload(path ? pathToFileURL(path) : fixture('shapes.onnx'), '');

export const star = upload(fixture('star.png'), 'image/png');
export const heart = upload(fixture('heart.png'), 'image/png');

/** The model with one text in it replaced by another of the same length. */
export function altered(name: string, from: string, to: string): Upload {
  const buffer = Buffer.from(shapes.buffer);
  const at = buffer.indexOf(from);
  if (at < 0 || Buffer.byteLength(from) !== Buffer.byteLength(to)) throw new Error(from);
  buffer.write(to, at);
  return { name, mimeType: '', buffer };
}

/**
 * The model with one more entry of metadata at its end (protobuf: field 14 of ModelProto holds
 * key 1 and value 2); it takes the place of an earlier one with the same key.
 */
export function withMetadata(name: string, key: string, value: string): Upload {
  const field = (number: number, data: Buffer) => {
    const length = data.length;
    if (length >= 1 << 14) throw new Error('two bytes of length hold no more');
    return Buffer.concat([Buffer.of((number << 3) | 2, (length & 0x7f) | 0x80, length >> 7), data]);
  };
  const entry = Buffer.concat([field(1, Buffer.from(key)), field(2, Buffer.from(value))]);
  return { name, mimeType: '', buffer: Buffer.concat([shapes.buffer, field(14, entry)]) };
}

/** Without manifest: what it does not say must be asked for. */
export const plainShapes = altered('plain.onnx', 'shiwu.manifest', 'other.manifest');

const { buffer } = shapes;

/** Files that end in .onnx but cannot be used, and the code that each must be refused with. */
export const BAD_MODELS: readonly { readonly file: Upload; readonly code: string }[] = [
  { file: { name: 'garbage.onnx', mimeType: '', buffer: noise(20_000) }, code: 'invalid-model' },
  { file: { name: 'empty.onnx', mimeType: '', buffer: Buffer.alloc(0) }, code: 'invalid-model' },
  { file: { ...star, name: 'photo.onnx' }, code: 'invalid-model' },
  {
    file: { name: 'half.onnx', mimeType: '', buffer: buffer.subarray(0, buffer.length / 2) },
    code: 'invalid-model',
  },
  { file: altered('five.onnx', '"count":6', '"count":5'), code: 'model-mismatch' },
  // The manifest names an input that the network does not have.
  { file: altered('input.onnx', '{"name":"input"', '{"name":"image"'), code: 'model-mismatch' },
];
