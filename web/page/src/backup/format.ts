import type { AnySchema } from '../kept/database.js';
import { ALBUM, HISTORY, MODEL, TAUGHT } from '../kept/schemas.js';
import { problems } from './problems.js';

/**
 * One file with everything that a person made here: a ZIP of parts that are stored as they are, which any program
 * opens. For each store of IndexedDB there is a JSON with its records; what is no text in them (photos, small pictures,
 * models) lies beside it, in files/. The manifest comes last and names every part with its size.
 */

export const MANIFEST = 'manifest.json';
export const SETTINGS = 'settings.json';
const FILES = 'files/';

/** Of the file itself; what is in the stores has the versions of kept/schemas.ts. */
export const VERSION = 1;

export interface Manifest {
  readonly format: 'shiwu-kept';
  readonly version: number;
  /** When, as 2026-11-29T12:00:00.000Z. */
  readonly made: string;
  /** The version of each database. */
  readonly databases: Readonly<Record<string, number>>;
  /** Bytes of each part, but of the manifest. */
  readonly parts: Readonly<Record<string, number>>;
}

/** Databases, with the stores that are taken along: not what is in the bin. */
export const CONTENTS: readonly {
  readonly schema: AnySchema;
  readonly stores: readonly string[];
}[] = [
  {
    schema: ALBUM as unknown as AnySchema,
    stores: ['entries', 'corrections', 'vectors', 'thumbnails', 'originals'],
  },
  { schema: HISTORY as unknown as AnySchema, stores: ['memories'] },
  { schema: MODEL as unknown as AnySchema, stores: ['models'] },
  { schema: TAUGHT as unknown as AnySchema, stores: ['lessons', 'waiting'] },
];

export const recordsName = (database: string, store: string) => `${database}/${store}.json`;

/** A name for the nth file beside the records, with the ending that programs open it by. */
export function fileName(n: number, called: string): string {
  const [ending = ''] = /\.[a-z0-9]{1,8}$/i.exec(called) ?? [];
  return `${FILES}${n}${ending.toLowerCase()}`;
}

/** What stands against a file, or against keeping what is in it; nothing has been changed then. */
export class Refused extends Error {
  readonly code: string;
  readonly zh: string;
  readonly en: string;

  constructor(
    problem: keyof typeof problems,
    readonly detail = '',
  ) {
    const { zh, en } = problems[problem];
    super(en);
    this.code = `backup-${problem}`;
    this.zh = zh;
    this.en = en;
  }
}
