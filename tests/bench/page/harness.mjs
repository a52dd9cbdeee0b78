// The half of the harness that runs in the page. Modules are kept by the page, and so is what is loaded here.
let contender;

/** @param {string} module @param {object} options of that adapter */
export async function load(module, options) {
  const started = performance.now();
  contender = await (await import(`/bench/peers/${module}.mjs`)).load(options);
  return performance.now() - started;
}

export const dispose = () => contender.dispose();

export async function fileAt(url) {
  const blob = await (await fetch(url)).blob();
  return new File([blob], url.split('/').at(-1), { type: 'image/jpeg' });
}

/** One photo `count` times: milliseconds of each, the library's own timings, and the answer. */
export async function repeat(url, count) {
  const file = await fileAt(url);
  const ms = [];
  const timings = [];
  let answer;
  for (let i = 0; i < count; i++) {
    const started = performance.now();
    const [index, score, own] = await contender.classify(file);
    ms.push(performance.now() - started);
    if (own) timings.push(own);
    answer = [index, score];
  }
  return { ms, timings, answer };
}

/** Photos as an album is read: each when it is asked for. */
async function* filesAt(urls) {
  for (const url of urls) yield await fileAt(url);
}

async function* oneByOne(files) {
  for await (const file of files) yield await contender.classify(file);
}

/** Milliseconds of the longest task of the page's own thread. */
function watchThread() {
  let longest = 0;
  const note = (entries) => {
    for (const { duration } of entries) longest = Math.max(longest, duration);
  };
  const observer = new PerformanceObserver((list) => note(list.getEntries()));
  observer.observe({ type: 'longtask' });
  return async () => {
    // The observer is told of a task only after it.
    await new Promise((resolve) => setTimeout(resolve, 50));
    note(observer.takeRecords());
    observer.disconnect();
    return longest;
  };
}

/**
 * @param {string[]} urls
 * @param {{ many?: boolean, concurrency?: number }} how many: as the library's albums are, where it has them
 */
export async function album(urls, { many = true, concurrency } = {}) {
  const stop = watchThread();
  const started = performance.now();
  const files = filesAt(urls);
  const answers = [];
  const all =
    many && contender.classifyMany ? contender.classifyMany(files, concurrency) : oneByOne(files);
  for await (const [index, score] of all) answers.push([index, score]);
  const seconds = (performance.now() - started) / 1000;
  return { perSecond: urls.length / seconds, longestTask: await stop(), answers };
}

/** From nothing to the first label. */
export async function first(module, options, url) {
  await load(module, options);
  const [index] = await contender.classify(await fileAt(url));
  return index;
}
