// Every turn has a Chromium of its own: nothing is compiled, cached or heaped up by the one before it.
import { chromium } from '@playwright/test';
import { findBrowser } from '../../../scripts/toolchain/browser.mjs';

const flags = async (more = []) => {
  const { executablePath, args } = await findBrowser();
  return { executablePath, args: [...args, '--disable-gpu', ...more] };
};

export async function browserVersion() {
  const browser = await chromium.launch(await flags());
  const version = browser.version();
  await browser.close();
  return version;
}

/** Longer than the slowest of them needs for its largest photo, cold, on the slowest line. */
const GIVE_UP_MS = 600_000;

async function limited(work, close) {
  let timer;
  const timeout = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no end after ${GIVE_UP_MS / 1000} s`)), GIVE_UP_MS);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
    await close();
  }
}

/** Opens the host's empty page, does the work, and closes all again. */
export async function withPage(url, args, work) {
  const browser = await chromium.launch(await flags(args));
  const run = async () => {
    const page = await browser.newPage();
    // A page that dies would leave its calls waiting.
    const died = new Promise((_, reject) => {
      page.on('crash', () => reject(new Error('the page ran out of memory or crashed')));
    });
    died.catch(() => {});
    await page.goto(url);
    return Promise.race([work(page, browser), died]);
  };
  return limited(run(), () => browser.close());
}

/** The same with a profile in a folder: what it caches is there at the next visit. */
export async function withProfile(folder, url, args, work) {
  const context = await chromium.launchPersistentContext(folder, await flags(args));
  const run = async () => {
    const page = context.pages()[0] ?? (await context.newPage());
    await page.goto(url);
    return work(page);
  };
  return limited(run(), () => context.close());
}
