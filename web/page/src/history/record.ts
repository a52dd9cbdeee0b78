import { effect } from '@preact/signals';
import { model } from '../state/classifier.js';
import type { Photo } from '../state/photo.js';
import { historyChoice } from '../state/preferences.js';
import { isGiven, namedAside, type Specimen, specimen } from '../state/specimen.js';
import type { Thumbnails } from '../thumbnail/thumbnails.js';

type Named = Extract<Specimen, { kind: 'done' }>;
type Store = typeof import('./store.js');

/** Of photos that were named before: another model or a part of one is no new memory. */
interface Recorded {
  /** Null where it could not be stored. */
  readonly id: Promise<number | null>;
  /** Whether it says what the visitor said. */
  given: boolean;
}

const recorded = new WeakMap<Photo, Recorded>();

/** There, with the history open, before the first answer: it can then be recorded in the task that shows it. */
let store: Store | null = null;

/** Remembers each photo that gets a name, for those who have asked for it. */
export function recordHistory(): void {
  effect(() => {
    if (historyChoice.value === 'on') void prepare().catch(() => {});
  });
  effect(() => take(specimen.value));
  effect(() => {
    const aside = namedAside.value;
    // Called back onto the table meanwhile, it has its memory already.
    if (aside && !recorded.has(aside.photo)) take(aside);
  });
}

function take(state: Specimen): void {
  if (state.kind !== 'done' || state.photo.sample || historyChoice.peek() === 'off') return;
  const before = recorded.get(state.photo);
  const given = isGiven(state);
  if (!before) {
    // It cannot be stored: the history's room says so.
    recorded.set(state.photo, { id: record(state).catch(() => null), given });
  } else if (state.region === null && (given || before.given)) {
    // What the visitor says of it, or the model's word again once that was undone.
    before.given = given;
    void amendOf(before, state).catch(() => {});
  }
}

async function amendOf({ id }: Recorded, { result }: Named): Promise<void> {
  const [{ amend }, memory] = await Promise.all([store ?? prepare(), id]);
  const { predictions, answer } = result;
  if (memory !== null) await amend(memory, { predictions, answer });
}

async function prepare(): Promise<Store> {
  const loaded = await import('./store.js');
  await loaded.openHistory();
  store = loaded;
  return loaded;
}

/** Resolves to the memory's number, once it is stored. */
async function record({ photo, result }: Named): Promise<number> {
  const names = model.peek();
  const alone = names.kind === 'ready' && names.info.model.classes === 1;
  const { predictions, answer } = result;
  const memory = {
    at: Date.now(),
    name: photo.name,
    result: { predictions, answer },
    ...(alone && { alone }),
    model: names.kind === 'ready' ? names.info.model.name : { zh: '', en: '' },
  };
  const { remember, illustrate } = store ?? (await prepare());
  const id = await remember(memory);
  void small(photo)
    .then((thumbnail) => thumbnail && illustrate(id, thumbnail))
    .catch(() => {});
  return id;
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
  thumbnails.catch(() => {
    thumbnails = undefined;
  });
  const key = String(photo.number);
  waiting.set(key, photo);
  const thumbnail = await (await thumbnails).make(key);
  waiting.delete(key);
  return thumbnail;
}
