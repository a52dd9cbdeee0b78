/** Address of a file of the site. In shiwu.html, single/site-file.ts stands in its place. */
export function siteFile(path: string): string {
  return new URL(path, document.baseURI).href;
}
