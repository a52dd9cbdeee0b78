#!/usr/bin/env node
/** `npx shiwu`: names the pictures in files and folders. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { CommanderError } from 'commander';
import { type LabelFile, readLabels } from '../labels/index.js';
import { createClassifier, ShiwuError } from '../node.js';
import { asCsv, asJson, type Format, forPeople } from './formats.js';
import { explain, type Language, TEXTS } from './language.js';
import { findPictures, type Picture, readList } from './pictures.js';
import { Progress } from './progress.js';
import { type Options, usage } from './usage.js';

const FAILURES = 1;
const USAGE = 2;
const INTERRUPTED = 130;

async function name(words: string[], options: Options): Promise<void> {
  const { lang, filesFrom, recursive } = options;
  const texts = TEXTS[lang];
  const giveUp = (line: string) => {
    complain(line);
    process.exitCode = USAGE;
  };
  if (words.length === 0 && filesFrom === undefined) return giveUp(texts.nothingGiven);
  if (words.includes('-') && filesFrom === '-') return giveUp(texts.oneStdin);
  let listed: string[] = [];
  let labels: LabelFile | undefined;
  try {
    if (filesFrom !== undefined) listed = await readList(filesFrom);
    if (options.labels !== undefined) labels = await readLabelFile(options.labels, lang);
  } catch (error) {
    return giveUp(error instanceof ShiwuError ? explain(error, lang) : String(error));
  }
  const { pictures, empty, skipped } = await findPictures(words, { recursive, listed });
  for (const { path, why } of skipped) complain(texts.skipped[why](path));
  for (const word of empty) {
    complain(texts.noMatch(word));
    process.exitCode = FAILURES;
  }
  if (pictures.length === 0) return giveUp(texts.nothingFound);
  try {
    await nameAll(pictures, labels?.labels, options);
  } catch (error) {
    if (!(error instanceof ShiwuError)) throw error;
    const interrupted = error.code === 'aborted';
    complain(interrupted ? texts.stopped : explain(error, lang));
    if (error.code === 'unpacked-model' && !labels) complain(texts.needLabels);
    process.exitCode = interrupted ? INTERRUPTED : USAGE;
  }
}

/** Rejects with a ShiwuError when nothing can be named, or when Ctrl-C has been pressed. */
async function nameAll(
  pictures: readonly Picture[],
  labels: LabelFile['labels'] | undefined,
  options: Options,
): Promise<void> {
  const { lang, top, json, concurrency, model, maxPixels } = options;
  const { signal } = stopOnCtrlC();
  await using classifier = await createClassifier({
    ...(model === undefined ? {} : { model }),
    ...(labels === undefined ? {} : { labels }),
    ...(maxPixels === undefined ? {} : { maxPixels }),
    onWarning: complain,
    signal,
  });
  const progress = new Progress(lang, pictures.length);
  const results = classifier.classifyMany(
    pictures.map(({ input }) => input),
    {
      topK: Math.min(top, classifier.info.model.classes),
      signal,
      moreNames: json === true || lang === 'zh-hant',
      onProgress: (state) => progress.update(state),
      ...(concurrency === undefined ? {} : { concurrency }),
    },
  );
  const format = formatOf(options);
  const paint = style('31', process.stderr);
  try {
    await print(format.start);
    for await (const { index, result, error } of results) {
      const file = pictures[index]?.name ?? '';
      progress.clear();
      if (error) {
        complain(`${paint(file)}: ${explain(error, lang)}`);
        process.exitCode = FAILURES;
      }
      await print(format.row(error ? { file, error } : { file, result }));
    }
  } finally {
    progress.stop();
    await print(format.end());
  }
}

/** Rejects with a ShiwuError for a file without labels; what it was read as is said. */
async function readLabelFile(path: string, lang: Language): Promise<LabelFile> {
  const file = readLabels(await readFile(path));
  const said = TEXTS[lang].labels;
  if (file.encoding === 'GB18030') complain(said.encoding(path));
  for (const note of file.notes) {
    if (note.kind === 'columns') complain(said.columns(note.name, note.number));
    else if (note.kind === 'numbers') complain(said.numbers(note.first, note.last));
    else complain(said.repeated(note.count));
  }
  return file;
}

function formatOf({ json, csv, lang, top }: Options): Format {
  if (json) return asJson();
  if (csv) return asCsv(lang, top);
  return forPeople(lang, { bold: style('1', process.stdout) });
}

/** Aborts at the first Ctrl-C, and ends the process at the second. */
function stopOnCtrlC(): AbortController {
  const stop = new AbortController();
  process.on('SIGINT', () => {
    if (stop.signal.aborted) process.exit(INTERRUPTED);
    stop.abort();
  });
  return stop;
}

async function print(text: string): Promise<void> {
  if (text !== '' && !process.stdout.write(text)) await once(process.stdout, 'drain');
}

function style(code: string, stream: NodeJS.WriteStream): (text: string) => string {
  const coloured = stream.isTTY && !process.env.NO_COLOR;
  return (text) => (coloured ? `\u001b[${code}m${text}\u001b[0m` : text);
}

function complain(line: string): void {
  process.stderr.write(`${line}\n`);
}

// Whoever reads the answers may leave early, as `head` does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

try {
  await usage(name).parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? 0 : USAGE;
}
