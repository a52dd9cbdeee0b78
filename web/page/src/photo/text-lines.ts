/** Text for a canvas, which breaks no lines by itself. */

/** What stays in one piece: a Chinese character with the marks that may not begin a line, or a word with its space. */
const PIECES =
  /[“‘（《「『]?\p{Script=Han}[，。、；：！？”’）》」』…]*|[^\s\p{Script=Han}]+\s*|\s+/gu;

/** Breaks text into lines no wider than this, as `widthOf` measures them; what cannot be broken may be wider. */
export function lines(text: string, width: number, widthOf: (text: string) => number): string[] {
  const done: string[] = [];
  let line = '';
  for (const [piece] of text.matchAll(PIECES)) {
    if (line !== '' && widthOf((line + piece).trimEnd()) > width) {
      done.push(line.trimEnd());
      line = piece.trimStart();
    } else {
      line += piece;
    }
  }
  if (line.trim() !== '') done.push(line.trimEnd());
  return done;
}

/** Up to the first full stop. */
export function firstSentence(text: string): string {
  return /^.*?(。|[.!?](?=\s|$)|$)/su.exec(text)?.[0] ?? text;
}
