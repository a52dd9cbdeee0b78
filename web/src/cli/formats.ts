/** Answers as text: for people, as JSON, as CSV. Each piece is whole: a stop falls between two. */
import { stringify } from 'csv-stringify/sync';
import type { ShiwuError } from '../errors.js';
import type { Classification } from '../types.js';
import { explain, type Language, nameIn } from './language.js';
import { columns, padColumns } from './width.js';

export type Answer = { readonly file: string } & (
  | { readonly result: Classification; readonly error?: undefined }
  | { readonly result?: undefined; readonly error: ShiwuError }
);

export interface Format {
  readonly start: string;
  row(answer: Answer): string;
  /** Comes also when the command is stopped. */
  end(): string;
}

/** The answer beside each file, names and scores below. Failures are left to standard error. */
export function forPeople(language: Language, style: { bold(text: string): string }): Format {
  return {
    start: '',
    row({ file, result }) {
      if (!result) return '';
      const names = result.predictions.map((prediction) => nameIn(language, prediction));
      const width = Math.max(0, ...names.map(columns));
      const lines = result.predictions.map(({ score }, i) => {
        const percent = `${(100 * score).toFixed(1)}%`.padStart(6);
        return `  ${padColumns(names[i] ?? '', width)}  ${percent}\n`;
      });
      return `${style.bold(file)}  ${nameIn(language, result.answer)}\n${lines.join('')}`;
    },
    end: () => '',
  };
}

/** One array, an object a line. */
export function asJson(): Format {
  let rows = 0;
  return {
    start: '[',
    row: ({ file, result, error }) => {
      const failure = error && {
        code: error.code,
        zh: error.zh,
        en: error.en,
        detail: error.detail,
      };
      const object = result ? { file, ...result } : { file, error: failure };
      return `${rows++ ? ',' : ''}\n${JSON.stringify(object)}`;
    },
    end: () => '\n]\n',
  };
}

/** One row a file, with a byte order mark, by which Excel knows UTF-8. */
export function asCsv(language: Language, top: number): Format {
  const ranks = Array.from({ length: top }, (_, i) => i);
  const line = (cells: readonly (string | number)[]) =>
    // A cell that begins with =, +, - or @ would run as a formula.
    // And a name may have a line break, which RFC 4180 wants in quotes, LF alone too.
    stringify([[...cells]], {
      record_delimiter: '\r\n',
      escape_formulas: true,
      quoted_match: /[\r\n]/,
    });
  const header = [
    'file',
    'answer',
    'answer_kind',
    'answer_score',
    ...ranks.flatMap((i) => [`name${i + 1}`, `score${i + 1}`]),
    'error',
  ];
  return {
    start: `\ufeff${line(header)}`,
    row({ file, result, error }) {
      const named = ranks.flatMap((i) => {
        const prediction = result?.predictions[i];
        return prediction ? [nameIn(language, prediction), prediction.score.toFixed(6)] : ['', ''];
      });
      const { answer } = result ?? {};
      const said = answer
        ? [nameIn(language, answer), answer.kind, answer.score.toFixed(6)]
        : ['', '', ''];
      return line([
        file,
        ...said,
        ...named,
        error ? `${error.code}: ${explain(error, language)}` : '',
      ]);
    },
    end: () => '',
  };
}
