/** The addresses in a `text/uri-list` (RFC 2483): one a line, and lines that begin with # are remarks. */
export function addressesOf(list: string): string[] {
  return list
    .split(/\r\n|\r|\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}
