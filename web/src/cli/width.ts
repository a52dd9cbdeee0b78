/** Columns of a terminal. */

/** Han, kana, Hangul, fullwidth forms and emoji take two columns; combining marks take none. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const NONE = /\p{M}|\p{Cf}/u;

export function columns(text: string): number {
  return [...text].reduce((sum, char) => sum + (WIDE.test(char) ? 2 : NONE.test(char) ? 0 : 1), 0);
}

export function padColumns(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - columns(text)));
}
