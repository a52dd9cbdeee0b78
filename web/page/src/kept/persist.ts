let asked = false;

/**
 * Asks the browser not to clear this site away when room is short; once a visit, and only when somebody has made
 * something that cannot be had again. Firefox puts the question to the visitor: there it is left to the browser.
 */
export function keepForGood(): void {
  if (asked || /firefox/i.test(navigator.userAgent)) return;
  asked = true;
  void navigator.storage?.persist?.().catch(() => {});
}
