import { existsSync } from 'node:fs';

/** Chromium for the tests: CHROME_PATH, or Playwright's own when that is not set. */
export function launchOptions() {
  const executablePath = process.env.CHROME_PATH;
  if (executablePath && !existsSync(executablePath)) {
    throw new Error(`CHROME_PATH points to nothing: ${executablePath}`);
  }
  return {
    ...(executablePath ? { executablePath } : {}),
    args: [
      // Chromium refuses to run its sandbox as root, as in most containers.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  };
}
