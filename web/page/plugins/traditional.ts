import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';
import { dictionaryOf, type Pairs } from './traditional-dictionary.js';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const ID = 'virtual:traditional';

/** Gives the page its Chinese in Traditional characters, as two tables that only those fetch who choose it. */
export function traditional(): Plugin {
  return {
    name: 'shiwu-traditional',
    resolveId: (id) => (id === ID ? `\0${ID}` : null),
    load(id) {
      if (id !== `\0${ID}`) return null;
      return [
        `export const dictionary = ${JSON.stringify(dictionaryOf(chineseOfPage()))};`,
        `export const names = ${JSON.stringify(reviewedNames())};`,
      ].join('\n');
    },
  };
}

/** All Chinese that the page may show but for reviewed names: its own words, the library's errors, aliases, sentences. */
export function chineseOfPage(): string[] {
  const sources = readdirSync(here('../src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => readFileSync(join(here('../src'), name), 'utf8'));
  const errors = readFileSync(here('../../src/errors.ts'), 'utf8');
  const models = ['lite0', 'lite2'].map((name) =>
    readFileSync(here(`../../../models/bundles/${name}/manifest.json`), 'utf8'),
  );
  const about = ['words.tsv', 'categories.tsv'].flatMap((name) =>
    table(name).map((row) => row.about_zh ?? ''),
  );
  const aliases = table('imagenet1k.tsv').map(({ zh_aliases = '' }) => zh_aliases);
  return [...sources, errors, ...models, ...about, ...aliases];
}

/** Names that people decided on: of the classes, and of the categories. */
export function reviewedNames(): Pairs {
  const named = [...table('imagenet1k.tsv'), ...table('taxonomy.tsv')];
  const simplified = new Map(named.map(({ id, zh }) => [id, zh]));
  return [...table('words.tsv'), ...table('categories.tsv')]
    .map(({ id, zh_hant }) => [simplified.get(id), zh_hant])
    .filter(([zh, hant]) => zh !== hant) as Pairs;
}

function table(name: string): Record<string, string>[] {
  const text = readFileSync(here(`../../../models/labels/${name}`), 'utf8');
  const [columns = [], ...rows] = text
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'));
  return rows.map((cells) =>
    Object.fromEntries(columns.map((column, i) => [column, cells[i] ?? ''])),
  );
}
