import { spawn } from 'node:child_process';
import { execPath } from 'node:process';

/** Keeps one core busy until it is told to stop. */
export function busyNeighbour() {
  const child = spawn(execPath, ['-e', 'for (;;);'], { stdio: 'ignore' });
  return () => child.kill('SIGKILL');
}
