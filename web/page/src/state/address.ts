/** Where this page is found, to be passed on; null for one that was opened from a disk. */
export function siteAddress(): string | null {
  const { protocol, href } = new URL('./', document.baseURI);
  return /^https?:$/.test(protocol) ? href : null;
}
