import { effect, signal } from '@preact/signals';
import { handed } from './hooks.js';
import { words } from './words.js';

/** What the sheet is about to teach. */

export interface Example {
  readonly id: number;
  readonly file: File;
  /** Why it could not be learnt from. */
  readonly problem: { readonly zh: string; readonly en: string } | null;
}

export type Kind = 'shown' | 'not';

/** No more than these at a time. */
export const MOST = 20;

export const name = signal('');
export const examples = {
  shown: signal<readonly Example[]>([]),
  not: signal<readonly Example[]>([]),
};

/** What the sheet has to say. */
export const status = signal('');

/** Where a photo goes that is let go or pasted: where the pointer was last. */
export const into = signal<Kind>('shown');

let count = 0;

export function put(files: readonly File[], kind: Kind): void {
  const { value } = examples[kind];
  const room = MOST - value.length;
  const taken = files.slice(0, room).map((file) => ({
    id: ++count,
    file,
    problem: null,
  }));
  examples[kind].value = [...value, ...taken];
  status.value = files.length > room ? words.value.tooMany(files.length - room) : '';
}

export function takeAway({ id }: Example, kind: Kind): void {
  examples[kind].value = examples[kind].value.filter((each) => each.id !== id);
}

export function spoil({ id }: Example, kind: Kind, problem: Example['problem']): void {
  examples[kind].value = examples[kind].value.map((each) =>
    each.id === id ? { ...each, problem } : each,
  );
}

// What is handed over to the page while the sheet is open.
effect(() => {
  if (handed.value.length === 0) return;
  const files = handed.value;
  handed.value = [];
  put(files, into.peek());
  into.value = 'shown';
});
