/** WebKitGTK by its own WebDriver, on a display of its own. Each session of it is a private window. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  Builder,
  Button,
  By,
  Capabilities,
  Key,
  until,
  type WebDriver,
  type WebElement,
} from 'selenium-webdriver';
import { freePort } from '../../e2e/support/free-port.js';
import type { Driver, Plain, Share, Tab } from './tab.js';

const PATIENCE_MS = 90_000;

export async function startWebKit(driverPath: string, xvfbPath: string): Promise<Driver> {
  const screen = spawn(xvfbPath, ['-displayfd', '3', '-screen', '0', '1280x900x24'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const [display] = (await once(screen.stdio[3] as Readable, 'data')) as [Buffer];
  // Nothing of it goes into the home of whoever runs this.
  const home = mkdtempSync(join(tmpdir(), 'shiwu-webkit-'));
  const downloads = join(home, 'downloads');
  mkdirSync(downloads);
  writeFileSync(join(home, 'user-dirs.dirs'), `XDG_DOWNLOAD_DIR="${downloads}"\n`);
  const env = {
    ...process.env,
    HOME: home,
    XDG_CONFIG_HOME: home,
    DISPLAY: `:${String(display).trim()}`,
    // Its sandbox wants namespaces, which containers refuse to root.
    ...(process.getuid?.() === 0 && { WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1' }),
  };
  const first = await openTab(driverPath, env);
  const version = await first.version();
  await first.close();
  return {
    name: `WebKitGTK ${version}`,
    downloads,
    openTab: () => openTab(driverPath, env),
    close: async () => {
      await ended(screen);
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** A browser that has not come up by then never will: that happens, and has nothing to do with the page. */
const START_MS = 45_000;
const STARTS = 3;

/** A driver and a browser for each tab: what one leaves behind cannot stop the next. */
async function openTab(driverPath: string, env: NodeJS.ProcessEnv): Promise<SeleniumTab> {
  for (let start = 1; ; start++) {
    const port = await freePort();
    // A group of its own, so that the browser ends with its driver.
    const server = spawn(driverPath, [`--port=${port}`], { stdio: 'ignore', env, detached: true });
    const late = new AbortController();
    try {
      const session = await Promise.race([
        newSession(`http://127.0.0.1:${port}`),
        sleep(START_MS, undefined, { signal: late.signal }).then(() => {
          throw new Error(`WebKitGTK did not start within ${START_MS} ms`);
        }),
      ]);
      return new SeleniumTab(session, () => ended(server, 'group'));
    } catch (error) {
      await ended(server, 'group');
      if (start === STARTS) throw error;
    } finally {
      late.abort();
    }
  }
}

async function newSession(address: string): Promise<WebDriver> {
  await listening(address);
  const wanted = new Capabilities({ browserName: 'MiniBrowser' });
  const driver = await new Builder().usingServer(address).withCapabilities(wanted).build();
  await driver.manage().setTimeouts({ script: PATIENCE_MS, pageLoad: PATIENCE_MS });
  await driver.manage().window().setRect({ x: 0, y: 0, width: 1280, height: 900 });
  return driver;
}

async function listening(address: string): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      await fetch(`${address}/status`);
      return;
    } catch (error) {
      if (tries === 300) throw error;
      await sleep(100);
    }
  }
}

async function ended(child: ChildProcess, what: 'alone' | 'group' = 'alone'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  process.kill(what === 'group' ? -child.pid : child.pid);
  await once(child, 'exit');
}

class SeleniumTab implements Tab {
  constructor(
    private readonly driver: WebDriver,
    private readonly end: () => Promise<void>,
  ) {}

  async version(): Promise<string> {
    return (await this.driver.getCapabilities()).getBrowserVersion() ?? '';
  }

  async open(address: string): Promise<void> {
    await this.driver.get(address);
  }

  async reload(): Promise<void> {
    await this.driver.navigate().refresh();
  }

  async evaluate<A extends readonly Plain[], R>(
    act: (...given: A) => R | Promise<R>,
    ...given: A
  ): Promise<R> {
    return this.driver.executeScript<R>(`return (${act})(...arguments)`, ...given);
  }

  async choose(selector: string, ...paths: string[]): Promise<void> {
    const input = await this.#element(selector);
    // One path a line is how WebDriver is told of several files.
    await input.sendKeys(paths.join('\n'));
  }

  async click(selector: string): Promise<void> {
    const element = await this.#element(selector);
    await this.driver.wait(until.elementIsVisible(element), PATIENCE_MS);
    await element.click();
  }

  async drag(selector: string, from: Share, to: Share): Promise<void> {
    const element = await this.#element(selector);
    const { width, height } = await element.getRect();
    const at = ([x, y]: Share) => ({
      // Pointers are told where to go from an element's middle.
      origin: element,
      x: Math.round((x - 0.5) * width),
      y: Math.round((y - 0.5) * height),
      duration: 50,
    });
    const pointer = this.driver.actions({ async: true });
    await pointer.move(at(from)).press(Button.LEFT).move(at(to)).release(Button.LEFT).perform();
  }

  async shortcut(letter: string): Promise<void> {
    await this.driver.actions().keyDown(Key.CONTROL).sendKeys(letter).keyUp(Key.CONTROL).perform();
  }

  async screenshot(): Promise<Buffer> {
    return Buffer.from(await this.driver.takeScreenshot(), 'base64');
  }

  async close(): Promise<void> {
    // A session that hangs ends with its driver.
    await Promise.race([this.driver.quit().catch(() => {}), sleep(10_000)]);
    await this.end();
  }

  #element(selector: string): Promise<WebElement> {
    return this.driver.wait(until.elementLocated(By.css(selector)), PATIENCE_MS);
  }
}
