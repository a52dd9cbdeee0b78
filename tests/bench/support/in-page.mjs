/** Calls a function of page/harness.mjs in the page. */
export const inPage = (page, name, ...words) =>
  page.evaluate(
    async ([name, words]) => (await import('/bench/page/harness.mjs'))[name](...words),
    [name, words],
  );

/** Loads a contender there; milliseconds. */
export const loadIn = (page, { library, options }) => inPage(page, 'load', library, options);
