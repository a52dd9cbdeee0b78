/** A table of what was tried where, and how long it took. */
import type { Reporter, TestCase, TestResult } from '@playwright/test/reporter';

export default class Table implements Reporter {
  readonly #rows = new Map<string, Map<string, string>>();
  readonly #engines: string[] = [];
  readonly #gaps: string[] = [];

  onTestEnd(test: TestCase, result: TestResult): void {
    const engine = test.parent.project()?.name ?? '';
    if (!this.#engines.includes(engine)) this.#engines.push(engine);
    const row = this.#rows.get(test.title) ?? new Map<string, string>();
    this.#rows.set(test.title, row);
    const time = `${(result.duration / 1000).toFixed(1)} s`;
    const gap = test.annotations.find(({ type }) => type === 'gap')?.description;
    if (test.outcome() === 'expected') row.set(engine, gap ? 'known gap' : time);
    else if (result.status === 'passed') row.set(engine, 'GAP CLOSED');
    else row.set(engine, result.status === 'skipped' ? '—' : 'FAILED');
    if (gap) this.#gaps.push(`${engine}: ${test.title}: ${gap}`);
  }

  onEnd(): void {
    const engines = this.#engines.sort();
    const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
    console.log(`\n${line(['flow', ...engines])}\n${line(['---', ...engines.map(() => '---:')])}`);
    for (const [title, row] of this.#rows) {
      console.log(line([title, ...engines.map((engine) => row.get(engine) ?? '')]));
    }
    if (this.#gaps.length > 0) console.log(`\nKnown gaps:\n${this.#gaps.join('\n')}`);
  }
}
