// Contenders take turns, so that a noisy minute strikes all of them; each round begins with another one.

/** The first sentence of what went wrong, as a table can hold it. */
export const reason = (error) =>
  String(error?.message ?? error)
    .split('\n')[0]
    .replace(/^page\.\w+: (Error: )?/, '')
    .slice(0, 200);

/**
 * @template T
 * @param {import('../peers/contenders.mjs').Contender[]} contenders
 * @param {number} rounds
 * @param {(contender: import('../peers/contenders.mjs').Contender, round: number) => Promise<T>} work
 * @returns {Promise<{ contender: import('../peers/contenders.mjs').Contender, runs: T[], error?: string }[]>}
 *   one that failed is not asked again
 */
export async function inTurns(contenders, rounds, work) {
  const results = contenders.map((contender) => ({ contender, runs: [] }));
  for (let round = 0; round < rounds; round++) {
    const shift = round % results.length;
    for (const result of [...results.slice(shift), ...results.slice(0, shift)]) {
      if (result.error) continue;
      const started = performance.now();
      try {
        result.runs.push(await work(result.contender, round));
      } catch (error) {
        result.error = reason(error);
      }
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      console.info(
        `  round ${round + 1} of ${rounds}, ${result.contender.name}: ${result.error ?? `${seconds} s`}`,
      );
    }
  }
  return results;
}
