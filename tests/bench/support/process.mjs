// What the browser's page processes take of the machine, as Linux counts it; workers live in their page's process.
import { readFileSync, writeFileSync } from 'node:fs';

/** Linux reports processor time in ticks, of which every architecture's kernel has 100 a second. */
const MS_PER_TICK = 10;

/** Ids of all page processes. */
async function renderers(browser) {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  return processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id);
}

const kilobytes = (text, name) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)[1]);
const pss = (id) => kilobytes(readFileSync(`/proc/${id}/smaps_rollup`, 'utf8'), 'Pss') / 1000;

/** Processor time of all page processes so far, in milliseconds: user and system, of all their threads. */
export async function cpuMs(browser) {
  let ticks = 0;
  for (const id of await renderers(browser)) {
    const stat = readFileSync(`/proc/${id}/stat`, 'utf8');
    // The name, in brackets, may have blanks; the 12th and 13th fields after it are the times.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    ticks += Number(fields[11]) + Number(fields[12]);
  }
  return ticks * MS_PER_TICK;
}

/** The largest page process: the one that has the page, beside a spare one that Chromium keeps. */
async function largest(browser) {
  const ids = await renderers(browser);
  return ids.reduce((best, id) => (pss(id) > pss(best) ? id : best));
}

/** Its proportional set size in MB. */
export const pssMB = async (browser) => pss(await largest(browser));

/**
 * Its largest resident set while `work` ran, in MB. The kernel keeps that figure itself, so that no peak is
 * missed between two looks; it knows none for the proportional set.
 */
export async function peakMB(browser, work) {
  const id = await largest(browser);
  writeFileSync(`/proc/${id}/clear_refs`, '5');
  await work();
  return kilobytes(readFileSync(`/proc/${id}/status`, 'utf8'), 'VmHWM') / 1000;
}

/** Its resident set now, in MB. */
export async function rssMB(browser) {
  return kilobytes(readFileSync(`/proc/${await largest(browser)}/status`, 'utf8'), 'VmRSS') / 1000;
}
