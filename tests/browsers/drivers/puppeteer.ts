/** Firefox by WebDriver BiDi, and Chromium by its own protocol. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import puppeteer, { type Browser, type ElementHandle, type Page } from 'puppeteer-core';
import type { Driver, Plain, Share, Tab } from './tab.js';

export async function startFirefox(executablePath: string): Promise<Driver> {
  const downloads = mkdtempSync(join(tmpdir(), 'shiwu-firefox-'));
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath,
    headless: true,
    timeout: 120_000,
    protocolTimeout: 300_000,
    extraPrefsFirefox: {
      'intl.accept_languages': 'zh-CN',
      'browser.download.folderList': 2, // the folder that is named
      'browser.download.dir': downloads,
    },
  });
  const driver = drive(browser, await browser.version(), downloads);
  return {
    ...driver,
    close: async () => {
      await driver.close();
      rmSync(downloads, { recursive: true });
    },
  };
}

/** To compare the others with; it downloads nothing. */
export async function startChromium(executablePath: string): Promise<Driver> {
  const browser = await puppeteer.launch({
    executablePath,
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
    timeout: 120_000,
    protocolTimeout: 300_000,
  });
  return drive(browser, await browser.version(), '');
}

function drive(browser: Browser, version: string, downloads: string): Driver {
  return {
    name: version.replace(/^firefox/, 'Firefox').replace('/', ' '),
    downloads,
    openTab: async () => {
      const context = await browser.createBrowserContext();
      const page = await context.newPage();
      await page.setViewport({ width: 1280, height: 800 });
      page.setDefaultTimeout(90_000);
      return new PuppeteerTab(page, () => context.close());
    },
    close: () => browser.close(),
  };
}

class PuppeteerTab implements Tab {
  constructor(
    private readonly page: Page,
    readonly close: () => Promise<void>,
  ) {}

  async open(address: string): Promise<void> {
    await this.page.goto(address);
  }

  async reload(): Promise<void> {
    await this.page.reload();
  }

  async evaluate<A extends readonly Plain[], R>(
    act: (...given: A) => R | Promise<R>,
    ...given: A
  ): Promise<R> {
    return this.page.evaluate(act as unknown as (...given: Plain[]) => R, ...given) as Promise<R>;
  }

  async choose(selector: string, ...paths: string[]): Promise<void> {
    const input = (await this.page.waitForSelector(selector)) as ElementHandle<HTMLInputElement>;
    await input.uploadFile(...paths);
  }

  async click(selector: string): Promise<void> {
    await (await this.page.waitForSelector(selector, { visible: true }))?.click();
  }

  async drag(selector: string, from: Share, to: Share): Promise<void> {
    const box = await (await this.page.waitForSelector(selector))?.boundingBox();
    if (!box) throw new Error(`${selector} is not shown`);
    const at = ([x, y]: Share) => [box.x + x * box.width, box.y + y * box.height] as const;
    const { mouse } = this.page;
    await mouse.move(...at(from));
    await mouse.down();
    await mouse.move(...at(to), { steps: 4 });
    await mouse.up();
  }

  async shortcut(letter: string): Promise<void> {
    const { keyboard } = this.page;
    const modifier = process.platform === 'darwin' ? 'Meta' : 'Control';
    await keyboard.down(modifier);
    await keyboard.press(letter as 'v');
    await keyboard.up(modifier);
  }

  async screenshot(): Promise<Buffer> {
    return Buffer.from(await this.page.screenshot());
  }
}
