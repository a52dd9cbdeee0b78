import { effect } from '@preact/signals';
import { model } from '../state/classifier.js';
import type { Photo } from '../state/photo.js';
import { historyChoice } from '../state/preferences.js';
import { type Specimen, specimen } from '../state/specimen.js';
import type { Thumbnails } from '../thumbnail/thumbnails.js';

type Named = Extract<Specimen, { kind: 'done' }>;

/** Photos that were named before: another model or a part of it is no new memory. */
const recorded = new WeakSet<Photo>();

/** Remembers each photo that gets a name, for those who have asked for it. */
export function recordHistory(): void {
  effect(() => {
    const state = specimen.value;
    if (state.kind !== 'done' || state.photo.sample || historyChoice.peek() === 'off') return;
    if (recorded.has(state.photo)) return;
    recorded.add(state.photo);
    record(state).catch(() => {
      // Nothing may be stored; the history stays as it is.
    });
  });
}

async function record({ photo, result }: Named): Promise<void> {
  const names = model.peek();
  const alone = names.kind === 'ready' && names.info.model.classes === 1;
  const at = Date.now();
  const [{ remember }, thumbnail] = await Promise.all([import('./store.js'), small(photo)]);
  const { predictions, answer } = result;
  await remember({
    at,
    name: photo.name,
    thumbnail,
    result: { predictions, answer },
    ...(alone && { alone }),
    model: names.kind === 'ready' ? names.info.model.name : { zh: '', en: '' },
  });
}

/** Photos whose small picture is being made, by number. */
const waiting = new Map<string, Photo>();
let thumbnails: Promise<Thumbnails> | undefined;

async function small(photo: Photo): Promise<Blob | null> {
  thumbnails ??= import('../thumbnail/thumbnails.js').then(
    (module) =>
      new module.Thumbnails(
        async (key) => waiting.get(key)?.open(new AbortController().signal) ?? null,
        () => {},
      ),
  );
  const key = String(photo.number);
  waiting.set(key, photo);
  const thumbnail = await (await thumbnails).make(key);
  waiting.delete(key);
  return thumbnail;
}
