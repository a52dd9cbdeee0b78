/** What a test asks of a browser, whatever drives it. */

/** What can be handed to a page, and handed back. */
export type Plain =
  | null
  | boolean
  | number
  | string
  | undefined
  | readonly Plain[]
  | { readonly [key: string]: Plain };

/** A point as shares of an element's width and height. */
export type Share = readonly [x: number, y: number];

export interface Tab {
  open(address: string): Promise<void>;
  reload(): Promise<void>;
  /** Calls a function in the page; it sees its arguments and nothing from around it. */
  evaluate<A extends readonly Plain[], R>(
    act: (...given: A) => R | Promise<R>,
    ...given: A
  ): Promise<R>;
  /** Chooses files of the disk in an `<input type=file>`, be it shown or not. */
  choose(selector: string, ...paths: string[]): Promise<void>;
  click(selector: string): Promise<void>;
  /** Presses the pointer at one place of an element, and lets it go at another. */
  drag(selector: string, from: Share, to: Share): Promise<void>;
  /** Ctrl (on a Mac: Cmd) and a letter. */
  shortcut(letter: string): Promise<void>;
  screenshot(): Promise<Buffer>;
  close(): Promise<void>;
}

export interface Driver {
  /** The browser, with its version. */
  readonly name: string;
  /** Folder that downloads go to. */
  readonly downloads: string;
  /** A tab that shares nothing with those before it. */
  openTab(): Promise<Tab>;
  close(): Promise<void>;
}
