/** One attribute of a tag, by the HTML standard's rules. */
const ATTRIBUTE = /[\s/]*([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+)))?/y;

/**
 * Addresses of the pictures in HTML from the clipboard. Only its <img> tags are read: the page's policy would
 * complain of every style and script in a document made of it, though none would run.
 */
export function picturesOf(html: string): string[] {
  const found: string[] = [];
  for (const { index, 0: tag } of html.matchAll(/<img(?=[\s/])/gi)) {
    const source = sourceAt(html, index + tag.length);
    // As browsers read them: what wraps long lines does not count.
    if (source)
      found.push(
        source
          .replace(/[\t\r\n]/g, '')
          .replaceAll('&amp;', '&')
          .trim(),
      );
  }
  return found;
}

/** The `src` of the tag whose attributes begin here. */
function sourceAt(html: string, start: number): string | undefined {
  ATTRIBUTE.lastIndex = start;
  for (let match = ATTRIBUTE.exec(html); match; match = ATTRIBUTE.exec(html)) {
    const [, name = '', ...values] = match;
    if (name.toLowerCase() === 'src') return values.find((value) => value !== undefined);
  }
  return undefined;
}
