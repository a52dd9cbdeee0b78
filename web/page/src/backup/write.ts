import { downloadZip } from 'client-zip';
import { openAnyKept } from '../kept/database.js';
import { CONTENTS, MANIFEST, type Manifest, recordsName, SETTINGS, VERSION } from './format.js';
import { Packer, type Part } from './records.js';

/** Bytes that have been handed over; null where they are not known beforehand. */
export type OnBytes = (done: number) => void;

/**
 * The file as a stream: photos are read one after the other as it is written. What another tab changes meanwhile is
 * in it as it was or as it is.
 */
export function writeBackup(
  settings: Readonly<Record<string, string>>,
  onBytes: OnBytes,
  signal: AbortSignal,
): Response {
  return downloadZip(counted(settings, onBytes, signal));
}

async function* counted(
  settings: Readonly<Record<string, string>>,
  onBytes: OnBytes,
  signal: AbortSignal,
) {
  const sizes: Record<string, number> = {};
  const lastModified = new Date();
  let done = 0;
  for await (const { name, content } of partsOf(settings)) {
    signal.throwIfAborted();
    sizes[name] = content.size;
    yield { name, input: content, lastModified };
    done += content.size;
    onBytes(done);
  }
  const manifest: Manifest = {
    format: 'shiwu-kept',
    version: VERSION,
    made: lastModified.toISOString(),
    databases: Object.fromEntries(CONTENTS.map(({ schema }) => [schema.name, schema.steps.length])),
    parts: sizes,
  };
  yield { name: MANIFEST, input: json(manifest), lastModified };
}

async function* partsOf(settings: Readonly<Record<string, string>>): AsyncGenerator<Part> {
  yield { name: SETTINGS, content: json(settings) };
  const packer = new Packer();
  for (const { schema, stores } of CONTENTS) {
    const database = await openAnyKept(schema);
    try {
      const hasBin = database.objectStoreNames.contains('bin');
      const removed = new Set(hasBin ? await database.getAllKeys('bin') : []);
      for (const store of stores) {
        const rows: string[] = [];
        for (const key of await database.getAllKeys(store)) {
          if (removed.has(key)) continue;
          const value: unknown = await database.get(store, key);
          if (value === undefined) continue; // removed meanwhile
          const parts: Part[] = [];
          rows.push(JSON.stringify([key, packer.pack(value, parts)]));
          yield* parts;
        }
        const name = recordsName(schema.name, store);
        yield { name, content: new Blob([`[${rows.join(',\n')}]`], { type: 'application/json' }) };
      }
    } finally {
      database.close();
    }
  }
}

const json = (value: unknown) =>
  new Blob([JSON.stringify(value, null, 1)], { type: 'application/json' });
