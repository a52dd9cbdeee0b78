import { effect } from '@preact/signals';
import { model } from '../state/classifier.js';
import { historyChoice } from '../state/preferences.js';
import { type Specimen, specimen } from '../state/specimen.js';

type Named = Extract<Specimen, { kind: 'done' }>;

/** Remembers each photo that gets a name, for those who have asked for it. */
export function recordHistory(): void {
  effect(() => {
    const state = specimen.value;
    if (state.kind !== 'done' || state.photo.sample || historyChoice.peek() === 'off') return;
    record(state).catch(() => {
      // Nothing may be stored; the history room says so.
    });
  });
}

async function record({ photo, result }: Named): Promise<void> {
  const names = model.peek();
  const at = Date.now();
  const [{ remember }, { Thumbnails }] = await Promise.all([
    import('./store.js'),
    import('../thumbnail/thumbnails.js'),
  ]);
  const file = await photo.open(new AbortController().signal);
  const thumbnail = await new Thumbnails(
    async () => file,
    () => {},
  ).make('');
  const { predictions, category } = result;
  await remember({
    at,
    name: photo.name,
    thumbnail,
    result: { predictions, category },
    model: names.kind === 'ready' ? names.info.model.name : { zh: '', en: '' },
  });
}
