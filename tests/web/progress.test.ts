// The command's bar, on a terminal.
import { afterEach, expect, it, vi } from 'vitest';
import { Progress } from '../../web/src/cli/progress.js';

const SHOW_CURSOR = '\u001b[?25h';

const { isTTY } = process.stderr;
afterEach(() => {
  vi.restoreAllMocks();
  process.stderr.isTTY = isTTY;
});

it('gives the cursor back however the command ends', () => {
  const written: string[] = [];
  process.stderr.isTTY = true;
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    written.push(String(text));
    return true;
  });
  const before = process.listeners('exit');
  const progress = new Progress('zh', 3);
  const added = process.listeners('exit').filter((listener) => !before.includes(listener));
  expect(written.join('')).not.toContain(SHOW_CURSOR);
  for (const listener of added) listener.call(process, 0);
  expect(written.join('')).toContain(SHOW_CURSOR);
  progress.stop();
  expect(process.listeners('exit')).toEqual(before);
});
