import {
  CONTENTS,
  MANIFEST,
  type Manifest,
  Refused,
  recordsName,
  SETTINGS,
  VERSION,
} from './format.js';
import { migrate, type Row, type Rows } from './migrate.js';
import { unpack } from './records.js';
import { isWhole } from './shapes.js';
import { crc32, readZip, type Stored, ZipError } from './zip-reader.js';

/** A file that has been checked wholly; its photos still lie in it. */
export interface Backup {
  readonly settings: Readonly<Record<string, unknown>>;
  /** By database, in the versions of this page. */
  readonly databases: ReadonlyMap<string, Rows>;
  /** What it takes on the disk. */
  readonly bytes: number;
}

/** More bytes of JSON than this are no album's. */
const MOST_JSON = 500_000_000;

/** Checks every byte of a file before anything is made of it. Throws what `Refused` gives. */
export async function readBackup(
  file: Blob,
  onBytes: (done: number) => void,
  signal: AbortSignal,
): Promise<Backup> {
  try {
    const zip = await readZip(file);
    const manifest = await readManifest(zip);
    await checkParts(zip, manifest, onBytes, signal);
    const read = (name: string) => readJson(zip, name);
    const databases = new Map<string, Rows>();
    for (const { schema, stores } of CONTENTS) {
      const version = manifest.databases[schema.name];
      if (version === undefined) continue;
      if (!Number.isInteger(version) || version < 1) throw new ZipError('a version of none');
      if (version > schema.steps.length) throw new Refused('newer', `${schema.name} ${version}`);
      const rows = new Map<string, readonly Row[]>();
      for (const store of stores) {
        const name = recordsName(schema.name, store);
        if (zip.has(name)) rows.set(store, rowsOf(await read(name)));
      }
      const now = await migrate(schema, version, rows).catch((error: unknown) => {
        throw new ZipError(String(error));
      });
      databases.set(schema.name, await whole(now, stores, zip));
    }
    const settings = await read(SETTINGS);
    if (typeof settings !== 'object' || settings === null) throw new ZipError('no settings');
    return { settings: { ...settings }, databases, bytes: file.size };
  } catch (error) {
    if (!(error instanceof ZipError)) throw error;
    throw new Refused((await isZip(file)) ? 'damaged' : 'foreign', error.message);
  }
}

async function readManifest(zip: ReadonlyMap<string, Stored>): Promise<Manifest> {
  if (!zip.has(MANIFEST)) throw new Refused('foreign', 'no manifest');
  const manifest = (await readJson(zip, MANIFEST)) as Manifest | null;
  if (manifest?.format !== 'shiwu-kept') throw new Refused('foreign', 'another manifest');
  if (manifest.version > VERSION) throw new Refused('newer', `version ${manifest.version}`);
  const { version, databases, parts } = manifest;
  if (version !== VERSION || typeof databases !== 'object' || typeof parts !== 'object') {
    throw new ZipError('its manifest is damaged');
  }
  return manifest;
}

/** Exactly the parts that the manifest names, as long as it says, each with the bytes that were written. */
async function checkParts(
  zip: ReadonlyMap<string, Stored>,
  { parts }: Manifest,
  onBytes: (done: number) => void,
  signal: AbortSignal,
): Promise<void> {
  if (zip.size !== Object.keys(parts).length + 1) throw new ZipError('other parts than it names');
  let done = 0;
  for (const [name, { content, crc, packed }] of zip) {
    if (packed) throw new ZipError(`${name}: packed`);
    if (name !== MANIFEST && parts[name] !== content.size) throw new ZipError(`${name}: its size`);
    let sum = 0;
    for (const reader = content.stream().getReader(); ; ) {
      const { value, done: isRead } = await reader.read();
      if (isRead) break;
      signal.throwIfAborted();
      sum = crc32(value, sum);
      done += value.byteLength;
      onBytes(done);
    }
    if (sum !== crc) throw new ZipError(`${name}: its bytes`);
  }
}

async function readJson(zip: ReadonlyMap<string, Stored>, name: string): Promise<unknown> {
  const part = zip.get(name);
  if (!part) throw new ZipError(`no ${name}`);
  if (part.packed || part.content.size > MOST_JSON) throw new ZipError(`${name}: not to be read`);
  try {
    return JSON.parse(await part.content.text());
  } catch (error) {
    throw new ZipError(`${name}: ${error}`);
  }
}

function rowsOf(json: unknown): readonly Row[] {
  const isRow = (row: unknown) => Array.isArray(row) && row.length === 2;
  if (!Array.isArray(json) || !json.every(isRow)) throw new ZipError('no rows');
  return json as Row[];
}

/** The rows with what lies beside them, each as the page reads it. */
async function whole(
  rows: Rows,
  stores: readonly string[],
  zip: ReadonlyMap<string, Stored>,
): Promise<Rows> {
  const find = (name: unknown): Blob => {
    const part = zip.get(String(name));
    if (!part) throw new ZipError(`no ${name}`);
    return part.content;
  };
  const all = new Map<string, readonly Row[]>();
  for (const store of stores) {
    const unpacked: Row[] = [];
    for (const [key, value] of rows.get(store) ?? []) {
      const row: Row = [key, await unpackOne(value, find)];
      if (!isWhole(store, row)) throw new ZipError(`${store}: ${JSON.stringify(key)}`);
      unpacked.push(row);
    }
    all.set(store, unpacked);
  }
  return all;
}

async function unpackOne(value: unknown, find: (part: unknown) => Blob): Promise<unknown> {
  try {
    return await unpack(value, find);
  } catch (error) {
    throw error instanceof ZipError ? error : new ZipError(String(error));
  }
}

/** Whether it begins as one: then it was meant to be one of ours. */
async function isZip(file: Blob): Promise<boolean> {
  const begin = new Uint8Array(await file.slice(0, 4).arrayBuffer());
  return String.fromCharCode(...begin) === 'PK\x03\x04';
}
