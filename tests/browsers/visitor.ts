import { expect } from '@playwright/test';
import type { Upload } from '../e2e/support/shiwu-page.js';
import type { Tab } from './drivers/tab.js';

/** What a visitor does and sees, by what every driver can do. Waits as long as Playwright's `expect` does. */
export class Visitor {
  constructor(readonly tab: Tab) {}

  /** By `data-testid`. */
  static id(testId: string): string {
    return `[data-testid="${testId}"]`;
  }

  count(selector: string): Promise<number> {
    return this.tab.evaluate((css) => document.querySelectorAll(css).length, selector);
  }

  attribute(selector: string, name: string): Promise<string | null> {
    return this.tab.evaluate(
      (css, key) => document.querySelector(css)?.getAttribute(key) ?? null,
      selector,
      name,
    );
  }

  text(selector: string): Promise<string> {
    return this.tab.evaluate((css) => document.querySelector(css)?.textContent ?? '', selector);
  }

  texts(selector: string): Promise<string[]> {
    return this.tab.evaluate(
      (css) => [...document.querySelectorAll(css)].map(({ textContent }) => textContent ?? ''),
      selector,
    );
  }

  async sees(selector: string): Promise<void> {
    await expect.poll(() => this.count(selector), selector).toBeGreaterThan(0);
  }

  async seesNo(selector: string): Promise<void> {
    await expect.poll(() => this.count(selector), selector).toBe(0);
  }

  /** Waits until the photo with this file name has an answer; its first class. */
  async firstClass(name: string): Promise<string | null> {
    await expect
      .poll(() => this.attribute(Visitor.id('preview'), 'alt'), `the photo ${name}`)
      .toContain(name);
    await expect
      .poll(() => this.count(`${Visitor.id('answer')}, ${Visitor.id('error')}`), 'an answer')
      .toBe(1);
    expect(await this.text(Visitor.id('error'))).toBe('');
    return this.attribute(Visitor.id('candidate'), 'data-class-id');
  }

  /** Waits until the album holds so many photos, and each of them has a name. */
  async seesAlbumNamed(count: number): Promise<void> {
    await expect
      .poll(() => this.attribute(Visitor.id('album'), 'data-count'), 'photos in the album')
      .toBe(String(count));
    await this.seesNo(Visitor.id('run'));
    await this.sees(Visitor.id('cell'));
    await this.seesNo(`${Visitor.id('cell')}:not([data-state=named])`);
  }

  /** How much lies in a store of IndexedDB. */
  countKept(database: string, store: string): Promise<number> {
    return this.tab.evaluate(
      (name, where) =>
        new Promise<number>((resolve, reject) => {
          const opening = indexedDB.open(name);
          opening.onerror = () => reject(opening.error);
          opening.onsuccess = () => {
            const count = opening.result.transaction(where).objectStore(where).count();
            count.onsuccess = () => {
              opening.result.close();
              resolve(count.result);
            };
          };
        }),
      database,
      store,
    );
  }

  /** Width of each picture that `selector` names, once all of them have been drawn. */
  async drawn(selector: string): Promise<number[]> {
    const widths = () =>
      this.tab.evaluate(
        (css) =>
          [...document.querySelectorAll<HTMLImageElement>(css)].map((image) =>
            image.complete ? image.naturalWidth : 0,
          ),
        selector,
      );
    let all: number[] = [];
    await expect
      .poll(async () => {
        all = await widths();
        return all.length > 0 && all.every((width) => width > 0);
      }, selector)
      .toBe(true);
    return all;
  }

  /** Lets files go over the page, as a drag from another program does. */
  async drop(...files: Upload[]): Promise<void> {
    await this.#hand('drop', files);
  }

  /** Hands the page a clipboard with a picture in it. */
  async paste(file: Upload): Promise<void> {
    await this.#hand('paste', [file]);
  }

  async #hand(kind: 'drop' | 'paste', files: Upload[]): Promise<void> {
    await this.tab.evaluate(
      (what, parcels) => {
        const transfer = new DataTransfer();
        for (const { name, type, base64 } of parcels) {
          const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
          transfer.items.add(new File([bytes], name, { type, lastModified: 0 }));
        }
        const init = { bubbles: true, cancelable: true };
        if (what === 'paste') {
          const event = new ClipboardEvent('paste', init);
          Object.defineProperty(event, 'clipboardData', { value: transfer });
          document.body.dispatchEvent(event);
          return;
        }
        for (const name of ['dragenter', 'dragover', 'drop']) {
          document.body.dispatchEvent(new DragEvent(name, { ...init, dataTransfer: transfer }));
        }
      },
      kind,
      files.map(({ name, mimeType, buffer }) => ({
        name,
        type: mimeType,
        base64: buffer.toString('base64'),
      })),
    );
  }
}
