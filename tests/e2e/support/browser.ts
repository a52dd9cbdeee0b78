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
      `--disable-features=${WITHOUT.join(',')}`,
    ],
  };
}
