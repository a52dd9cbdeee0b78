import { type BrowserContext, expect, type Page } from '@playwright/test';
import { green } from './bad-files.js';

/** A photo of the album as its grid shows it: the name that a person gave it, or null. */
export type Listed = Record<string, string | null>;

/** What the album keeps in an entry of the browser's history: the open photo. */
type Entry = { photo?: string } | null;

/** Each photo takes so many milliseconds longer: no machine shall end a run before a test has done its part. */
export const paced = (tabs: Page | BrowserContext, ms: number) =>
  tabs.addInitScript((ms) => {
    const { postMessage } = Worker.prototype;
    Worker.prototype.postMessage = function (...message: unknown[]) {
      const wait = sessionStorage.getItem('unpaced') ? 0 : ms;
      setTimeout(() => Reflect.apply(postMessage, this, message) as unknown, wait);
    };
  }, ms);

/** From here on as fast as it can, and after a reload. */
export const unpaced = (tab: Page) => tab.evaluate(() => sessionStorage.setItem('unpaced', 'yes'));

/** The album's room in one tab; what it does, it does as fast as the page can. */
export class AlbumPage {
  constructor(readonly page: Page) {}

  async open(): Promise<void> {
    await this.page.goto('./#album');
    await this.opened();
  }

  /** What an earlier visit left has been read. */
  async opened(): Promise<void> {
    await this.page
      .locator('html:not([data-before]) [data-testid=album][data-opened=true]')
      .waitFor();
  }

  /** Slower by this factor, as on an old phone. */
  async throttle(rate: number): Promise<void> {
    const session = await this.page.context().newCDPSession(this.page);
    await session.send('Emulation.setCPUThrottlingRate', { rate });
  }

  /** Puts in small pictures of these names; one of the same name is the same file. */
  async add(names: readonly string[]): Promise<void> {
    await this.page.getByTestId('pick-photos-input').evaluate(
      (input: HTMLInputElement, { names, base64 }) => {
        const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
        const transfer = new DataTransfer();
        for (const name of names) {
          transfer.items.add(new File([bytes], name, { type: 'image/png', lastModified: 0 }));
        }
        input.files = transfer.files;
        input.dispatchEvent(new Event('change'));
      },
      { names, base64: green().buffer.toString('base64') },
    );
  }

  cell(file: string) {
    return this.page.locator(`[data-testid=cell][data-file="${file}"]`);
  }

  async #openPhoto(file: string): Promise<void> {
    await this.cell(file).evaluate((cell: HTMLElement) => cell.click());
    await this.page.getByTestId('correction').waitFor();
  }

  /** Writes down what it is, and reloads in the same task if so asked. */
  async correct(file: string, name: string, reload = false): Promise<void> {
    await this.#openPhoto(file);
    await this.page.getByTestId('correction').evaluate((field: HTMLInputElement, name) => {
      field.value = name;
      field.dispatchEvent(new Event('input', { bubbles: true }));
    }, name);
    await this.page.locator('[data-testid=correction][aria-busy=false]').waitFor();
    await this.#click('correct', reload);
    await this.#closePhoto();
  }

  async takeOut(file: string, reload = false): Promise<void> {
    await this.#openPhoto(file);
    await this.#click('take-out', reload);
    // Closed, it goes back in the browser's history, which would end a reload that follows.
    if (!reload) await this.photoLeft();
  }

  /** Until the browser's history has gone back from the entry of a photo that was closed. */
  async photoLeft(): Promise<void> {
    await this.page.waitForFunction(() => !(history.state as Entry)?.photo);
  }

  /** What asks first: 清空相册, 移出未认的照片. */
  async answerYes(testId: string, reload = false): Promise<void> {
    await this.page.getByTestId(testId).evaluate((button: HTMLElement) => button.click());
    await this.#click(`${testId}-yes`, reload);
  }

  /** False where there is nothing to undo any more. */
  async undo(reload = false): Promise<boolean> {
    if ((await this.page.getByTestId('undo-removal').count()) === 0) return false;
    await this.#click('undo-removal', reload);
    return true;
  }

  async reload(): Promise<void> {
    await this.page.reload();
    await this.opened();
  }

  async #click(testId: string, reload: boolean): Promise<void> {
    // What waits for another transaction when the page goes is lost with it, and the page has not said otherwise.
    if (reload) await this.onDisk();
    await this.page.getByTestId(testId).evaluate((button: HTMLElement, reload) => {
      // A photo that closes goes back in the browser's history, and that would end the reload.
      if (reload) history.back = () => {};
      button.click();
      if (reload) {
        document.documentElement.dataset.before = '';
        location.reload();
      }
    }, reload);
    if (reload) await this.opened();
  }

  /** An open photo, if there is one: after a reload it is open again. */
  async #closePhoto(): Promise<void> {
    const dialog = '[data-testid=photo-dialog]';
    await this.page.waitForFunction(
      (dialog) => !(history.state as Entry)?.photo || document.querySelector(`${dialog}[open]`),
      dialog,
    );
    await this.page.evaluate((dialog) => {
      document.querySelector<HTMLDialogElement>(dialog)?.close();
    }, dialog);
    await this.photoLeft();
  }

  async listed(): Promise<Listed> {
    const pairs = await this.page.getByTestId('cell').evaluateAll((cells) =>
      cells.map((cell) => {
        const byHand = cell.querySelector('.cell-sure')?.textContent === '手工更正';
        const name = cell.querySelector('.cell-name')?.textContent ?? '';
        return [(cell as HTMLElement).dataset.file ?? '', byHand ? name : null] as const;
      }),
    );
    return Object.fromEntries(pairs);
  }

  async shows(listed: Listed, why = ''): Promise<void> {
    await expect.poll(() => this.listed(), { message: why, timeout: 20_000 }).toEqual(listed);
  }

  /** How many records each store of the disk has; originals and small pictures are written after what is shown. */
  async onDisk(): Promise<Record<string, number>> {
    return this.page.evaluate(
      () =>
        new Promise<Record<string, number>>((resolve, reject) => {
          const opening = indexedDB.open('shiwu.album');
          opening.onerror = () => reject(opening.error);
          opening.onsuccess = () => {
            const { result: database } = opening;
            const names = [...database.objectStoreNames].filter((name) => name !== 'meta');
            const transaction = database.transaction(names, 'readwrite'); // after all that is under way
            const counts = names.map(
              (name) => [name, transaction.objectStore(name).count()] as const,
            );
            transaction.oncomplete = () => {
              database.close();
              resolve(Object.fromEntries(counts.map(([name, { result }]) => [name, result])));
            };
          };
        }),
    );
  }

  async count(): Promise<number> {
    return Number(await this.page.getByTestId('album').getAttribute('data-count'));
  }
}
