import type { Classifier } from 'shiwu';

/** What every model was called whose file has no name in it, before the page named them by their files. */
const NAMELESS = 'own-model 0.0.0';

/** In a file of lessons (wasm/include/shiwu/taught.h): its model's name, after its length. */
const LENGTH = 16;
const NAME = 20;

/** Lessons as the model at work takes them: those of a nameless model are of the visitor's that has a name now. */
export function lessonsFor(classifier: Classifier, file: ArrayBuffer): ArrayBuffer {
  const { id, version } = classifier.info.model;
  return nameOf(file) === NAMELESS ? renamed(file, `${id} ${version}`) : file;
}

function nameOf(file: ArrayBuffer): string {
  if (file.byteLength < NAME) return '';
  const length = new DataView(file).getUint32(LENGTH, true);
  return new TextDecoder().decode(file.slice(NAME, NAME + length));
}

function renamed(file: ArrayBuffer, name: string): ArrayBuffer {
  const bytes = new TextEncoder().encode(name);
  const rest = new Uint8Array(file, NAME + NAMELESS.length);
  const fresh = new Uint8Array(NAME + bytes.length + rest.length);
  fresh.set(new Uint8Array(file, 0, NAME));
  fresh.set(bytes, NAME);
  fresh.set(rest, NAME + bytes.length);
  new DataView(fresh.buffer).setUint32(LENGTH, bytes.length, true);
  return fresh.buffer;
}
