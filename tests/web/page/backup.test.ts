// One file with everything that a person made: written, read, and what else may be handed over as one.
import 'fake-indexeddb/auto';
import { downloadZip } from 'client-zip';
import { deleteDB, openDB } from 'idb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Backup, readBackup } from '../../../web/page/src/backup/read.js';
import { writeBackup } from '../../../web/page/src/backup/write.js';
import { readZip } from '../../../web/page/src/backup/zip-reader.js';
import { openKept } from '../../../web/page/src/kept/database.js';
import { ALBUM, HISTORY, MODEL, TAUGHT } from '../../../web/page/src/kept/schemas.js';
import { ESPRESSO, photo, TABBY } from './entries.js';

const SCHEMAS = [ALBUM, HISTORY, MODEL, TAUGHT] as const;
const signal = new AbortController().signal;

beforeEach(async () => {
  vi.stubGlobal('navigator', {});
  for (const { name } of SCHEMAS) await deleteDB(name);
});
afterEach(() => vi.unstubAllGlobals());

const bytes = (text: string) => new TextEncoder().encode(text).buffer as ArrayBuffer;
/** A File as its bytes: Node's copy of a File has lost its name. */
const file = (name: string, text: string) => ({
  bytes: bytes(text),
  type: 'image/png',
  name,
  lastModified: 7,
});

const { corrected: _, ...NAMED } = photo('旅行/a.png', [TABBY]);
const MEMORY = {
  at: 5,
  name: 'a.png',
  thumbnail: { bytes: bytes('tiny'), type: 'image/webp' },
  model: { zh: '快', en: 'fast' },
  result: {
    predictions: [{ ...TABBY, index: 1, label: '虎斑猫', label_zh: '虎斑猫', label_en: 'tabby' }],
    answer: NAMED.answer,
  },
};
const OWN = { file: file('own.onnx', 'network'), data: [], sha256: 'ab', answers: null };

/** As taught.h writes it: of a model called m, two numbers an embedding, one category with one example. */
function lessonsFile(name = 'x'): ArrayBuffer {
  const text = new TextEncoder().encode(name);
  const view = new DataView(new ArrayBuffer(20 + 1 + 12 + text.length + 2));
  view.setUint32(0, 0x53575454);
  for (const [i, word] of [1, 2, 1, 1].entries()) view.setUint32(4 + 4 * i, word, true);
  view.setUint8(20, 'm'.charCodeAt(0));
  for (const [i, word] of [text.length, 1, 0].entries()) view.setUint32(21 + 4 * i, word, true);
  new Uint8Array(view.buffer).set(text, 33);
  return view.buffer;
}
const LESSON = { stamp: 's', file: lessonsFile(), names: ['x'], model: { zh: '快', en: 'fast' } };

async function fill(): Promise<void> {
  const album = await openKept(ALBUM, () => {});
  await album.put('entries', NAMED, NAMED.key);
  await album.put('entries', { ...NAMED, key: 'gone' }, 'gone');
  await album.put('bin', { batch: 'shiwu.1' }, 'gone');
  await album.put('corrections', ESPRESSO, NAMED.key);
  await album.put('vectors', Int8Array.of(-128, 0, 127), NAMED.key);
  await album.put('thumbnails', { bytes: bytes('small'), type: 'image/webp' }, NAMED.key);
  await album.put('originals', file('a.png', 'large'), NAMED.key);
  album.close();
  const history = await openKept(HISTORY, () => {});
  await history.add('memories', MEMORY);
  history.close();
  const model = await openKept(MODEL, () => {});
  await model.put('models', OWN, 'own');
  model.close();
  const taught = await openKept(TAUGHT, () => {});
  await taught.put('lessons', LESSON, 'lite0 1');
  taught.close();
}

const written = async (): Promise<Blob> => {
  await fill();
  return writeBackup({ model: 'accurate' }, () => {}, signal).blob();
};
const read = (zip: Blob): Promise<Backup> => readBackup(zip, () => {}, signal);

it('what is read is what was written; what had been removed is not in it', async () => {
  const told: number[] = [];
  const zip = await written();
  const backup = await readBackup(zip, (done) => told.push(done), signal);
  expect(backup.settings).toEqual({ model: 'accurate' });
  expect(backup.databases.get('shiwu.album')).toEqual(
    new Map<string, unknown>([
      ['entries', [[NAMED.key, NAMED]]],
      ['corrections', [[NAMED.key, ESPRESSO]]],
      ['vectors', [[NAMED.key, Int8Array.of(-128, 0, 127)]]],
      ['thumbnails', [[NAMED.key, { bytes: bytes('small'), type: 'image/webp' }]]],
      ['originals', [[NAMED.key, file('a.png', 'large')]]],
    ]),
  );
  expect(backup.databases.get('shiwu.history')?.get('memories')).toEqual([
    [1, { ...MEMORY, id: 1 }],
  ]);
  expect(backup.databases.get('shiwu.model')?.get('models')).toEqual([['own', OWN]]);
  expect(backup.databases.get('shiwu.taught')?.get('lessons')).toEqual([['lite0 1', LESSON]]);
  expect(told.length).toBeGreaterThan(5);
  expect(told.at(-1)).toBeLessThan(zip.size);
});

it('a Blob and a File come back as what they were', async () => {
  const album = await openKept(ALBUM, () => {});
  await album.put('entries', NAMED, NAMED.key);
  await album.put('thumbnails', new Blob(['small'], { type: 'image/webp' }), NAMED.key);
  album.close();
  const zip = await writeBackup({}, () => {}, signal).blob();
  const rows = (await read(zip)).databases.get('shiwu.album')?.get('thumbnails');
  const small = rows?.[0]?.[1] as Blob;
  expect([small.type, await small.text()]).toEqual(['image/webp', 'small']);
});

type Parts = Map<string, string | Blob>;

function textOf(parts: Parts, name: string): string {
  const part = parts.get(name);
  if (typeof part !== 'string') throw new Error(`no text: ${name}`);
  return part;
}

/** The file with other parts, and a manifest that says their sizes. */
async function rewritten(change: (parts: Parts) => void, sizes = true): Promise<Blob> {
  const parts: Parts = new Map();
  for (const [name, { content }] of await readZip(await written())) {
    parts.set(name, name.endsWith('.json') ? await content.text() : content);
  }
  change(parts);
  const manifest = JSON.parse(textOf(parts, 'manifest.json')) as { parts: object };
  parts.delete('manifest.json');
  if (sizes) {
    const pairs = Array.from(parts, ([name, part]) => [name, new Blob([part]).size] as const);
    manifest.parts = Object.fromEntries<number>(pairs);
  }
  const files = Array.from(parts, ([name, input]) => ({ name, input, lastModified: new Date(0) }));
  return downloadZip([
    ...files,
    { name: 'manifest.json', input: JSON.stringify(manifest), lastModified: new Date(0) },
  ]).blob();
}

/** A part of JSON, changed. */
const edit =
  (name: string, change: (json: never) => unknown) =>
  (parts: Parts): void => {
    parts.set(name, JSON.stringify(change(JSON.parse(textOf(parts, name)) as never)));
  };

const refusal = async (zip: Blob | Promise<Blob>) =>
  read(await zip).then(
    () => 'taken',
    (error: { code?: string }) => error.code ?? JSON.stringify(error),
  );

describe('of an earlier version', () => {
  it('goes through the steps that a database of that time goes through', async () => {
    const { answer: _, ...first } = NAMED;
    const zip = rewritten((parts) => {
      edit('manifest.json', (manifest: { databases: object }) => ({
        ...manifest,
        databases: { 'shiwu.album': 1, 'shiwu.history': 1 },
      }))(parts);
      edit('shiwu.album/entries.json', () => [
        [NAMED.key, { ...first, category: null, corrected: TABBY }],
      ])(parts);
      parts.delete('shiwu.album/corrections.json');
    });
    const { databases } = await read(await zip);
    expect(databases.get('shiwu.album')?.get('entries')).toEqual([
      [NAMED.key, { ...NAMED, answer: expect.objectContaining({ label_zh: '虎斑猫' }) as unknown }],
    ]);
    expect(databases.get('shiwu.album')?.get('corrections')).toEqual([[NAMED.key, TABBY]]);
    expect(databases.get('shiwu.album')?.get('originals')).toEqual([
      [NAMED.key, file('a.png', 'large')],
    ]);
    expect(databases.get('shiwu.history')?.get('memories')).toEqual([[1, { ...MEMORY, id: 1 }]]);
    expect([...databases.keys()]).toEqual(['shiwu.album', 'shiwu.history']);
    const left = (await indexedDB.databases()).map(({ name }) => name);
    expect(left.filter((name) => name?.endsWith('.before'))).toEqual([]);
  });

  it('is refused where a record has no place in it', async () => {
    const zip = rewritten(
      edit('manifest.json', (manifest: object) => ({
        ...manifest,
        databases: { 'shiwu.album': 1 }, // which had no corrections
      })),
    );
    expect(await refusal(zip)).toBe('backup-damaged');
  });
});

describe('refused, with a sentence that says what to do', () => {
  const cases: Record<string, [expected: string, file: () => Promise<Blob>]> = {
    'of a later page': [
      'backup-newer',
      () => rewritten(edit('manifest.json', (it: object) => ({ ...it, version: 2 }))),
    ],
    'of a later database': [
      'backup-newer',
      () =>
        rewritten(
          edit('manifest.json', (it: { databases: object }) => ({
            ...it,
            databases: { ...it.databases, 'shiwu.album': 99 },
          })),
        ),
    ],
    'of another program': [
      'backup-foreign',
      async () => downloadZip([{ name: 'word/document.xml', input: 'x' }]).blob(),
    ],
    'with another manifest': [
      'backup-foreign',
      async () => downloadZip([{ name: 'manifest.json', input: '{"name":"an app"}' }]).blob(),
    ],
    'no ZIP': ['backup-foreign', async () => new Blob(['hello'.repeat(99)])],
    'cut short': ['backup-damaged', async () => (await written()).slice(0, -30)],
    'with a photo that has rotted': [
      'backup-damaged',
      async () => {
        const zip = new Uint8Array(await (await written()).arrayBuffer());
        const at = new TextDecoder('latin1').decode(zip).indexOf('large');
        zip[at] = 'L'.charCodeAt(0);
        return new Blob([zip]);
      },
    ],
    'with a part that the manifest does not name': [
      'backup-damaged',
      () => rewritten((parts) => parts.set('files/../../evil', 'x'), false),
    ],
    'with a part of another size than it says': [
      'backup-damaged',
      () =>
        rewritten((parts) => {
          edit('manifest.json', (it: { parts: object }) => ({
            ...it,
            parts: { ...it.parts, 'settings.json': 1 },
          }))(parts);
        }, false),
    ],
    'with a photo that is not in it': [
      'backup-damaged',
      () =>
        rewritten(
          edit('shiwu.album/originals.json', () => [
            ['k', { $: 'file', part: '/etc/passwd', type: '', name: 'x', lastModified: 0 }],
          ]),
        ),
    ],
    'with JSON that is none': [
      'backup-damaged',
      () => rewritten((parts) => parts.set('shiwu.album/entries.json', '[[')),
    ],
    'with an album that is none': [
      'backup-damaged',
      () => rewritten(edit('shiwu.album/entries.json', () => ({}))),
    ],
    'with a version that is none': [
      'backup-damaged',
      () =>
        rewritten(
          edit('manifest.json', (it: object) => ({ ...it, databases: { 'shiwu.album': '2' } })),
        ),
    ],
  };
  for (const [what, [expected, make]] of Object.entries(cases)) {
    it(what, async () => {
      expect(await refusal(make())).toBe(expected);
    });
  }

  /** Records that the page would stumble over at every visit. */
  const records: Record<string, unknown> = {
    'shiwu.album/entries.json': [['other key', NAMED]],
    'shiwu.album/entries.json ': [[NAMED.key, { ...NAMED, guesses: [{}] }]],
    'shiwu.album/corrections.json': [[NAMED.key, { ...TABBY, categories: [null] }]],
    'shiwu.album/vectors.json': [[NAMED.key, [1, 2]]],
    'shiwu.album/vectors.json ': [[NAMED.key, { $: 'int8', base64: '!' }]],
    'shiwu.album/thumbnails.json': [[NAMED.key, 'data:text/html,x']],
    'shiwu.history/memories.json': [[1, { ...MEMORY, thumbnail: null, at: '5' }]],
    'shiwu.history/memories.json ': [[1, null]],
    'shiwu.history/memories.json  ': [
      [1, { ...MEMORY, thumbnail: null, result: { predictions: [{ ...TABBY, aliases: null }] } }],
    ],
    'shiwu.model/models.json': [['own', { ...OWN, file: null }]],
    'shiwu.taught/lessons.json': [['lite0 1', { ...LESSON, file: null }]],
    'shiwu.taught/waiting.json': [['s', LESSON]],
  };
  for (const [name, rows] of Object.entries(records)) {
    it(`${name.trim()}: ${JSON.stringify(rows).slice(0, 60)}`, async () => {
      expect(await refusal(rewritten(edit(name.trim(), () => rows)))).toBe('backup-damaged');
    });
  }

  it('what was taught, when its file is longer or shorter than it says', async () => {
    await fill();
    for (const wrong of [
      lessonsFile().slice(0, -1),
      new Uint8Array([...new Uint8Array(lessonsFile()), 0]).buffer,
    ]) {
      const taught = await openDB(TAUGHT.name);
      await taught.put('lessons', { ...LESSON, file: wrong }, 'lite0 1');
      taught.close();
      expect(await refusal(writeBackup({}, () => {}, signal).blob())).toBe('backup-damaged');
    }
  });
});
