import { signal } from '@preact/signals';
import type { Description } from 'shiwu';
import type { Sentence } from '../answer/tone.js';
import { classifierForPhoto } from '../state/classifier.js';

/** What is to be said of what was named so far, by the ids of classes and categories. */
const known = signal<ReadonlyMap<string, Description | null>>(new Map());
const asked = new Set<string>();

/** Null before it is there, and where there is nothing: an own model may call a class of the same id otherwise. */
export function descriptionOf({ prediction, path }: Sentence): Description | null {
  const id = prediction?.id ?? path.at(-1)?.id ?? '';
  if (!id) return null;
  const found = known.value.get(id);
  if (found === undefined && !asked.has(id)) void ask(id);
  return found && found.label_zh === (prediction?.label_zh ?? path.at(-1)?.zh) ? found : null;
}

/** The library fetches the file once. A failure is quiet, and the next answer tries again. */
async function ask(id: string): Promise<void> {
  asked.add(id);
  try {
    const classifier = await classifierForPhoto();
    known.value = new Map(known.peek()).set(id, await classifier.describe(id));
  } catch {
    asked.delete(id);
  }
}
