import { existsSync } from 'node:fs';

/**
 * Off: the lists under the address bar, which are pages of their own and a renderer for each window (a fifth of the
 * processor). Of two such switches the last one holds, so that Playwright's own list is said again.
 */
const WITHOUT = [
  'WebUIOmniboxPopup',
  'WebUIOmniboxAimPopup',
  'AvoidCorsURLLoaderRestartOnRedirect',
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsFirstBalancedModeAutoEnable',
  'HttpsUpgrades',
  'LensOverlay',
  'MediaRouter',
  'NetworkTimeServiceQuerying',
  'OptimizationHints',
  'PaintHolding',
  'PreconnectToSearch',
  'TcpPortRandomizationWin',
  'ThirdPartyStoragePartitioning',
];

/**
 * Chromium for the tests: CHROME_PATH, or Playwright's own when that is not set. CHROME_SHELL_PATH is the same without
 * what stands around the page, which takes a third less time; it has no permissions to ask for, so that a test with a
 * camera wants the whole of it.
 */
export function launchOptions({ whole = false } = {}) {
  const { CHROME_PATH, CHROME_SHELL_PATH } = process.env;
  const executablePath = (!whole && CHROME_SHELL_PATH) || CHROME_PATH;
  if (executablePath && !existsSync(executablePath)) {
    throw new Error(`No browser is at ${executablePath}`);
  }
  return {
    ...(executablePath ? { executablePath } : {}),
    args: [
      // Chromium refuses to run its sandbox as root, as in most containers.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--disable-gpu',
      '--site-per-process', // as in Chromium; the shell would have to be told
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      `--disable-features=${WITHOUT.join(',')}`,
    ],
  };
}
