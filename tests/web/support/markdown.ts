/** As much of Markdown as the documents here use. */

export interface Block {
  readonly kind: 'heading' | 'code' | 'row' | 'item' | 'text';
  /** Of a heading its level, of a code block its language, of a table's row its cells. */
  readonly detail: string;
  readonly text: string;
  /** Counted from 1. */
  readonly line: number;
}

export function parse(markdown: string): Block[] {
  const blocks: Block[] = [];
  const lines = markdown.split('\n');
  for (let i = 0; i < lines.length; i++) {
    const text = lines[i] ?? '';
    const add = (kind: Block['kind'], detail: string, content = text, line = i + 1) =>
      blocks.push({ kind, detail, text: content, line });
    const fence = /^```(\w*)$/.exec(text);
    const heading = /^(#+) (.+)$/.exec(text);
    if (fence) {
      const start = i + 1;
      while (lines[++i] !== '```') {
        if (i >= lines.length) throw new Error(`line ${start}: the code block has no end`);
      }
      add('code', fence[1] ?? '', lines.slice(start, i).join('\n'), start + 1);
    } else if (heading) add('heading', heading[1] ?? '', heading[2] ?? '');
    else if (text.startsWith('|')) add('row', String(cellsOf(text).length));
    else if (text.startsWith('- ')) add('item', '');
    else if (text !== '') add('text', '');
  }
  return blocks;
}

export function cellsOf(row: string): string[] {
  return row
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => cell.trim());
}

/** The anchor that GitHub and npm give a heading. */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
    .replaceAll(' ', '-');
}

/** Targets of links and pictures, code left out. */
export function linksIn(blocks: readonly Block[]): { target: string; line: number }[] {
  return blocks
    .filter(({ kind }) => kind !== 'code')
    .flatMap(({ text, line }) =>
      [...text.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => ({ target: match[1] ?? '', line })),
    );
}
