import { signal } from '@preact/signals';
import type { Classifier } from 'shiwu';
import type { Guess } from '../album/types.js';
import { classifierForPhoto } from '../state/classifier.js';
import { toFailure } from '../state/failure.js';
import { language, told } from '../state/language.js';
import { maxPixels } from '../state/preferences.js';
import { answerBy, examineAgain, notice, type Specimen, specimen } from '../state/specimen.js';
import { type Example, examples, type Kind, name, spoil, status, takeAway } from './draft.js';
import { teaching } from './hooks.js';
import { change, forget, rename, type Step, taught, teach, undo } from './lessons.js';
import { lessonsFor } from './of-model.js';
import { offerAtFoot, undoable, voidOffers } from './offers.js';
import { rateOf } from './rates.js';
import { resultOf } from './result.js';
import { words } from './words.js';

type Named = Extract<Specimen, { kind: 'done' }>;

/** What the buttons do. Nothing is said to be learnt before it is stored. */

/** How far the lesson has come; null: none is under way. */
export const learning = signal<{ readonly done: number; readonly all: number } | null>(null);

/** Where people look: in the sheet, or at the foot of the page. */
function say(text: string): void {
  if (teaching.peek() === 'lessons') status.value = text;
  else notice.value = text;
}

const why = (error: unknown) => told(toFailure(error));

/** A photo that was named, as an example of a name or, with `not`, of what is taken for it and is not. */
export async function teachPhoto(
  called: string,
  { photo, region }: Named,
  not = false,
): Promise<boolean> {
  const offerAgain = voidOffers();
  try {
    const file = await photo.open(new AbortController().signal);
    const lesson = await teach(called, file, { not, ...(region && { region }) });
    examineAgain();
    const said = words.value;
    const done = not ? said.taughtNot(called) : inARow(said.remembered(called), advice(called));
    offerAtFoot({
      text: lesson.stored ? done : said.notStored,
      undo: () => void takeLessonBack(lesson),
    });
    return true;
  } catch (error) {
    offerAgain();
    notice.value = why(error);
    return false;
  }
}

async function takeLessonBack(lesson: Step): Promise<void> {
  try {
    const stored = await undo(lesson);
    examineAgain();
    notice.value = stored ? words.value.undone : words.value.notStored;
  } catch (error) {
    notice.value = why(error);
  }
}

/** How sure it is of so many photos, and what more would bring. */
export function adviceOn(photos: number): string {
  const { right, next } = rateOf(photos);
  const said = words.value;
  const more = next ? said.rateMore(next.more, next.right) : said.enough;
  return inARow(said.rate(photos, right), more);
}

function advice(called: string): string {
  const found = taught.value.find((each) => each.name === called);
  return found ? adviceOn(found.examples) : '';
}

/** Sentences; in Chinese nothing stands between them. */
function inARow(...sentences: readonly string[]): string {
  return sentences.filter(Boolean).join(language.value === 'en' ? ' ' : '');
}

/** The photo on the table shows this, and nothing is learnt of it. */
export function correct(choice: Guess): void {
  const state = specimen.value;
  if (state.kind !== 'done') return;
  answerBy(resultOf(choice, state.result));
  notice.value = words.value.corrected(told(choice));
}

/** Teaches what the sheet holds. A photo that cannot be read stays there, with the reason. */
export async function learn(): Promise<void> {
  const called = name.value.trim();
  const said = words.value;
  const known = taught.value.some((each) => each.name === called);
  const lists = (['shown', 'not'] as const).flatMap((kind) =>
    examples[kind].value.map((example) => ({ example, kind })),
  );
  if (learning.value) return;
  if (called === '') {
    status.value = said.needsName;
    return;
  }
  if (lists.length === 0 || (!known && examples.shown.value.length === 0)) {
    status.value = said.needsPhotos;
    return;
  }
  learning.value = { done: 0, all: lists.length };
  status.value = '';
  const offerAgain = voidOffers();
  const learnt: typeof lists = [];
  let takenOut = 0;
  try {
    const stored = await change(async (classifier) => {
      for (const one of lists) {
        if (!isThere(one.example, one.kind)) takenOut++;
        else if (await learnFrom(classifier, called, one.example, one.kind)) learnt.push(one);
        learning.value = { done: (learning.value?.done ?? 0) + 1, all: lists.length };
      }
    });
    if (learnt.length === 0) offerAgain();
    for (const { example, kind } of learnt) takeAway(example, kind);
    const left = lists.length - learnt.length - takenOut;
    status.value = outcome(called, learnt.length, left, stored);
    if (left === 0 && learnt.length > 0) name.value = '';
    examineAgain();
  } catch (error) {
    offerAgain();
    status.value = why(error);
  } finally {
    learning.value = null;
  }
}

/** It may be taken out while those before it are learnt. */
function isThere({ id }: Example, kind: Kind): boolean {
  return examples[kind].value.some((each) => each.id === id);
}

async function learnFrom(
  classifier: Classifier,
  called: string,
  example: Example,
  kind: Kind,
): Promise<boolean> {
  try {
    const options = { not: kind === 'not', maxPixels: maxPixels.value };
    await classifier.teach(called, example.file, options);
    return true;
  } catch (error) {
    const { zh, en } = toFailure(error);
    spoil(example, kind, { zh, en });
    return false;
  }
}

function outcome(called: string, learnt: number, left: number, stored: boolean): string {
  const said = words.value;
  return inARow(
    learnt > 0 ? (stored ? said.learnt(called, learnt) : said.notStored) : '',
    left > 0 ? said.someLeft(left) : '',
  );
}

export async function forgetName(called: string): Promise<void> {
  await changed(() => forget(called), words.value.forgot(called));
}

export async function renameTo(from: string, to: string): Promise<void> {
  const { renamed, merged } = words.value;
  const merges = taught.value.some((each) => each.name === to);
  await changed(() => rename(from, to), (merges ? merged : renamed)(from, to));
}

async function changed(act: () => Promise<Step>, text: string): Promise<void> {
  const offerAgain = voidOffers();
  status.value = '';
  try {
    const step = await act();
    undoable.value = { step, text: step.stored ? text : words.value.notStored };
    examineAgain();
  } catch (error) {
    offerAgain();
    say(why(error));
  }
}

export async function undoLast(): Promise<void> {
  const { value } = undoable;
  if (!value) return;
  undoable.value = null;
  try {
    const stored = await undo(value.step);
    examineAgain();
    status.value = stored ? words.value.undone : words.value.notStored;
  } catch (error) {
    status.value = why(error);
  }
}

/** What was taught, for another device. */
export function saveFile(): Promise<void> {
  const { fileName, exported } = words.value;
  return saveAs(`${fileName}-${today()}.shiwu`, exported, (classifier) =>
    classifier.exportTaught(),
  );
}

/** The model with it built in, for any program. */
export function saveModel(): Promise<void> {
  const { modelName, baked } = words.value;
  return saveAs(`${modelName}-${today()}.onnx`, baked, (classifier) => classifier.bake());
}

const today = () => new Intl.DateTimeFormat('sv-SE').format(new Date());

async function saveAs(
  file: string,
  done: (name: string) => string,
  make: (classifier: Classifier) => Promise<Blob>,
): Promise<void> {
  try {
    const [classifier, { save }] = await Promise.all([
      classifierForPhoto(),
      import('../input/save.js'),
    ]);
    save(await make(classifier), file);
    status.value = done(file);
  } catch (error) {
    status.value = why(error);
  }
}

/** A file that was saved, here or elsewhere: beside what is taught. */
export async function takeFile(file: File): Promise<void> {
  const offerAgain = voidOffers();
  let names: string[] = [];
  try {
    const stored = await change(async (classifier) => {
      const before = classifier.taught;
      const lessons = lessonsFor(classifier, await file.arrayBuffer());
      const after = await classifier.importTaught(lessons);
      names = after
        .filter((one) => !before.some((each) => isSame(each, one)))
        .map((one) => one.name);
    });
    if (names.length === 0) offerAgain();
    examineAgain();
    const { imported, importedNone, notStored, comma } = words.value;
    say(!stored ? notStored : names.length > 0 ? imported(names.join(comma)) : importedNone);
  } catch (error) {
    offerAgain();
    const { code } = toFailure(error);
    say(code === 'model-mismatch' ? words.value.otherModel : why(error));
  }
}

type Counted = ReturnType<typeof taught.peek>[number];

const isSame = (a: Counted, b: Counted) =>
  a.name === b.name && a.examples === b.examples && a.counterexamples === b.counterexamples;
