/** The site's files in shiwu.html: they are part of the script. */
const FILES = import.meta.glob<string>('../public/samples/*.jpg', {
  query: '?inline',
  import: 'default',
  eager: true,
});

export function siteFile(path: string): string {
  const file = FILES[`../public/${path}`];
  if (file === undefined) throw new Error(`not inside: ${path}`);
  return file;
}
