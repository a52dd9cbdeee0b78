#!/usr/bin/env node
/** `npx shiwu`: names the pictures in files and folders. */
import { once } from 'node:events';
import { CommanderError } from 'commander';
import { createClassifier, ShiwuError } from '../node.js';
import { asCsv, asJson, type Format, forPeople } from './formats.js';
import { explain, TEXTS } from './language.js';
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
  try {
    if (filesFrom !== undefined) listed = await readList(filesFrom);
  } catch (error) {
    return giveUp(String(error));
  }
  const { pictures, empty } = await findPictures([...words, ...listed], { recursive });
  for (const word of empty) {
    complain(texts.noMatch(word));
    process.exitCode = FAILURES;
  }
  if (pictures.length === 0) return giveUp(texts.nothingFound);
  try {
    await nameAll(pictures, options);
  } catch (error) {
    if (!(error instanceof ShiwuError)) throw error;
    const interrupted = error.code === 'aborted';
    complain(interrupted ? texts.stopped : explain(error, lang));
    process.exitCode = interrupted ? INTERRUPTED : USAGE;
  }
}

/** Rejects with a ShiwuError when nothing can be named, or when Ctrl-C has been pressed. */
async function nameAll(pictures: readonly Picture[], options: Options): Promise<void> {
  const { lang, top, concurrency, model } = options;
  const { signal } = stopOnCtrlC();
  await using classifier = await createClassifier({
    ...(model === undefined ? {} : { model }),
    onWarning: complain,
    signal,
  });
  const progress = new Progress(lang, pictures.length);
  const results = classifier.classifyMany(
    pictures.map(({ input }) => input),
    {
      topK: Math.min(top, classifier.info.model.classes),
      signal,
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
