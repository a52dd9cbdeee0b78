/** Calls a function of page/harness.mjs in the page. */
export const inPage = (page, name, ...words) =>
  page.evaluate(
    async ([name, words]) => (await import('/bench/page/harness.mjs'))[name](...words),
    [name, words],
  );

/** Who needs longer for one photo has no use for people, and may never end. */
const LIMIT_S = 30;

/** Its function `repeat`: one photo `count` times. */
export async function repeatIn(page, url, count) {
  let timer;
  const late = new Promise((_, reject) => {
    const fail = () => reject(new Error(`no answer within ${LIMIT_S} s a photo`));
    timer = setTimeout(fail, LIMIT_S * 1000 * count);
  });
  try {
    return await Promise.race([inPage(page, 'repeat', url, count), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Loads a contender there; milliseconds. */
export const loadIn = (page, { library, options }) => inPage(page, 'load', library, options);
