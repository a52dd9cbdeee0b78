import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { expect, type Locator, type Page } from '@playwright/test';

export interface Upload {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

/** What a visitor can do on the page, and what they see. */
export class ShiwuPage {
  readonly root: Locator;
  readonly answer: Locator;
  readonly headline: Locator;
  readonly candidates: Locator;
  readonly error: Locator;
  readonly pick: Locator;
  readonly preview: Locator;
  readonly progress: Locator;
  /** The model that the visitor put in, while it is at work. */
  readonly ownModel: Locator;
  /** Why a model was not taken. */
  readonly refusal: Locator;

  /** File dialogs opened so far. */
  dialogs = 0;

  constructor(readonly page: Page) {
    // From the start, so that no dialog opens before Playwright is told to catch them.
    page.on('filechooser', () => {
      this.dialogs++;
    });
    this.root = page.getByTestId('page');
    this.answer = page.getByTestId('answer');
    this.headline = page.getByTestId('headline');
    this.candidates = page.getByTestId('candidate');
    this.error = page.getByTestId('error');
    this.pick = page.getByTestId('pick');
    this.preview = page.getByTestId('preview');
    this.progress = page.getByTestId('progress-bytes');
    this.ownModel = page.getByTestId('own-model');
    this.refusal = page.getByTestId('exchange-failed');
  }

  async open(address = './'): Promise<void> {
    await this.page.goto(address);
  }

  async openReady(address = './'): Promise<void> {
    await this.open(address);
    await this.page.locator('[data-testid=page][data-model=ready]').waitFor();
  }

  /** Chooses a file in the dialog that the button opens. */
  async choose(file: Upload): Promise<void> {
    const dialog = this.page.waitForEvent('filechooser');
    await this.pick.click();
    await (await dialog).setFiles(file);
  }

  /** Holds a file over the page. */
  async drag(file: Upload): Promise<void> {
    await this.#dispatch([file], ['dragenter', 'dragover']);
  }

  /** Lets files go over the page. */
  async drop(...files: Upload[]): Promise<void> {
    await this.#dispatch(files, ['dragenter', 'dragover', 'drop']);
  }

  /** Lets the folder go that all these lie in: their names are paths, as `旅行/第二天/a.png`. */
  async dropFolder(...files: Upload[]): Promise<void> {
    await this.page.evaluate(
      (parcels) => {
        type Parcel = (typeof parcels)[number];
        const fileOf = ({ path, type, base64 }: Parcel) => {
          const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
          const name = path.split('/').at(-1) ?? '';
          const file = new File([bytes], name, { type, lastModified: 0 });
          return {
            isDirectory: false,
            fullPath: `/${path}`,
            file: (done: (it: File) => void) => done(file),
          };
        };
        const folderOf = (inside: readonly Parcel[], depth: number): unknown => {
          const parts = inside.map(({ path }) => path.split('/'));
          const folders = new Set(
            parts.filter((each) => each.length > depth + 1).map((each) => each[depth]),
          );
          const children = [
            ...inside.filter((_, i) => parts[i]?.length === depth + 1).map(fileOf),
            ...[...folders].map((name) =>
              folderOf(
                inside.filter(
                  (_, i) => parts[i]?.[depth] === name && (parts[i]?.length ?? 0) > depth + 1,
                ),
                depth + 1,
              ),
            ),
          ];
          return {
            isDirectory: true,
            createReader: () => {
              // As browsers do: a part, then another, then nothing.
              const some = [children.slice(0, 1), children.slice(1), []];
              return { readEntries: (done: (part: unknown) => void) => done(some.shift()) };
            },
          };
        };
        const root = folderOf(parcels, 1);
        const item = { kind: 'file', webkitGetAsEntry: () => root, getAsFile: () => null };
        const event = new DragEvent('drop', { bubbles: true, cancelable: true });
        Object.defineProperty(event, 'dataTransfer', {
          value: { types: ['Files'], items: [item], files: [] },
        });
        document.body.dispatchEvent(event);
      },
      files.map(({ name, mimeType, buffer }) => ({
        path: name,
        type: mimeType,
        base64: buffer.toString('base64'),
      })),
    );
  }

  /** Copies a PNG as another program would, and presses Ctrl+V. */
  async paste(file: Upload): Promise<void> {
    await this.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await this.page.evaluate(async (base64) => {
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      const blob = new Blob([bytes], { type: 'image/png' });
      await navigator.clipboard.write([new ClipboardItem({ 'image/png': blob })]);
    }, file.buffer.toString('base64'));
    await this.page.keyboard.press('Control+V');
  }

  /** Says what the photo on the table is, and has it remembered. */
  async teach(called: string): Promise<void> {
    await this.page.getByTestId('doubt').click();
    await this.page.getByTestId('doubt-name').fill(called);
    await this.page.getByTestId('doubt-teach').click();
    await expect(this.page.getByTestId('doubt-sheet')).toBeHidden();
  }

  sample(name: string): Locator {
    return this.page.getByTestId(`sample-${name}`);
  }

  /** The id of the class named first. */
  async firstClass(): Promise<string | null> {
    await this.answer.waitFor();
    return this.candidates.first().getAttribute('data-class-id');
  }

  async #dispatch(files: Upload[], events: string[]): Promise<void> {
    await this.page.evaluate(
      ({ parcels, kinds }) => {
        const dataTransfer = new DataTransfer();
        for (const { name, type, base64 } of parcels) {
          const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
          // A date of its own, so that a file dropped twice is the same file.
          dataTransfer.items.add(new File([bytes], name, { type, lastModified: 0 }));
        }
        for (const kind of kinds) {
          const init = { dataTransfer, bubbles: true, cancelable: true };
          document.body.dispatchEvent(new DragEvent(kind, init));
        }
      },
      {
        parcels: files.map(({ name, mimeType, buffer }) => ({
          name,
          type: mimeType,
          base64: buffer.toString('base64'),
        })),
        kinds: events,
      },
    );
  }
}

/** A file of the repository as an upload. */
export function upload(path: URL, mimeType: string): Upload {
  return { name: basename(path.pathname), mimeType, buffer: readFileSync(path) };
}
