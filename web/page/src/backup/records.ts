import { fileName } from './format.js';

/** What IndexedDB holds beyond JSON, as a record names it. */
type Marked =
  | { readonly $: 'file'; part: string; type: string; name: string; lastModified: number }
  | { readonly $: 'blob'; part: string; type: string }
  | { readonly $: 'buffer'; part: string }
  | { readonly $: 'int8'; base64: string };

/** Bytes that lie beside the records. */
export interface Part {
  readonly name: string;
  readonly content: Blob;
}

/** Turns values of IndexedDB into JSON, and numbers the files that it leaves out. */
export class Packer {
  #count = 0;

  pack(value: unknown, parts: Part[]): unknown {
    if (value instanceof Blob) {
      const { type } = value;
      if (!(value instanceof File)) return { $: 'blob', part: this.#put(value, '', parts), type };
      const { name, lastModified } = value;
      return { $: 'file', part: this.#put(value, name, parts), type, name, lastModified };
    }
    if (value instanceof ArrayBuffer) {
      return { $: 'buffer', part: this.#put(new Blob([value]), '', parts) };
    }
    if (value instanceof Int8Array) return { $: 'int8', base64: toBase64(value) };
    if (Array.isArray(value)) return value.map((each) => this.pack(each, parts));
    if (typeof value !== 'object' || value === null) return value;
    const pairs = Object.entries(value).map(([key, each]) => [key, this.pack(each, parts)]);
    return Object.fromEntries(pairs);
  }

  #put(content: Blob, called: string, parts: Part[]): string {
    const name = fileName(++this.#count, called);
    parts.push({ name, content });
    return name;
  }
}

/**
 * Undoes `pack`. `find` gives a part, or throws; a Blob stays where it is until somebody reads it. Objects have no
 * prototype of the file's choice: JSON.parse makes `__proto__` a property like any other, and so does this.
 */
export async function unpack(json: unknown, find: (part: unknown) => Blob): Promise<unknown> {
  if (Array.isArray(json)) return Promise.all(json.map((each) => unpack(each, find)));
  if (typeof json !== 'object' || json === null) return json;
  if ('$' in json) return unmark(json as Marked, find);
  const pairs = Object.entries(json).map(async ([key, each]) => [key, await unpack(each, find)]);
  return Object.fromEntries(await Promise.all(pairs));
}

async function unmark(marked: Marked, find: (part: unknown) => Blob): Promise<unknown> {
  switch (marked.$) {
    case 'file': {
      const { part, type, name, lastModified } = marked;
      return new File([find(part)], String(name), {
        type: String(type),
        lastModified: Number(lastModified),
      });
    }
    case 'blob':
      return find(marked.part).slice(undefined, undefined, String(marked.type));
    case 'buffer':
      return find(marked.part).arrayBuffer();
    case 'int8':
      return fromBase64(String(marked.base64));
  }
  return undefined;
}

function toBase64(levels: Int8Array): string {
  const bytes = new Uint8Array(levels.buffer, levels.byteOffset, levels.byteLength);
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

/** Throws for what is no base64. */
function fromBase64(text: string): Int8Array<ArrayBuffer> {
  const characters = atob(text);
  return Int8Array.from(characters, (character) => character.charCodeAt(0));
}
