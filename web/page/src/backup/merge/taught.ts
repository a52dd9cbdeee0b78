import { newBatch } from '../../kept/bin.js';
import { inTurnOfLessons, takeBack, tellOfLessons } from '../../teach/lessons.js';
import {
  bring,
  type Kept,
  recallAll,
  recallWaiting,
  takeAway,
  type Waiting,
} from '../../teach/store.js';
import { named, type Rows } from '../migrate.js';

/**
 * Puts what was taught beside what was taught here, for every model; what has the same name here stays as it is. Where
 * a model knows something here already, only itself can join the two: what is new waits until it is at work.
 */
export async function mergeTaught(rows: Rows) {
  // Between the reading and the writing nothing else is learnt.
  const { fresh, waiting } = await inTurnOfLessons(() => put(rows));
  const count = (lists: Iterable<Kept>) =>
    Array.from(lists).reduce((sum, { names }) => sum + names.length, 0);
  const things = count(fresh.values()) + count(waiting);
  if (fresh.size + waiting.length > 0) await tellOfLessons();
  // A model at work may have joined the two already, and stored them so; what else it has been taught is not the file's.
  const brought = [...fresh.values(), ...waiting].flatMap(({ names }) => names);
  for (const [key, kept] of await recallAll()) {
    if (fresh.has(key) && kept.names.every((name) => brought.includes(name))) fresh.set(key, kept);
  }
  const undo = async () => {
    const left = await inTurnOfLessons(() => takeAway(fresh, waiting));
    for (const { of, names } of left) await takeBack(of, names);
    await tellOfLessons();
  };
  return { things, undo };
}

async function put(rows: Rows) {
  const [here, coming] = await Promise.all([recallAll(), recallWaiting()]);
  const known = new Map<string, Set<string>>();
  const knownOf = (key: string) => {
    const names = known.get(key) ?? new Set();
    known.set(key, names);
    return names;
  };
  const note = (key: string, names: readonly string[]) => {
    for (const name of names) knownOf(key).add(name);
  };
  for (const [key, { names }] of here) note(key, names);
  for (const { of, names } of coming.values()) note(of, names);
  const fresh = new Map<string, Kept>();
  const waiting: Waiting[] = [];
  const all = [
    ...named<Kept>(rows, 'lessons'),
    ...named<Waiting>(rows, 'waiting').map(([, kept]) => [kept.of, kept] as const),
  ];
  for (const [of, kept] of all) {
    const names = kept.names.filter((name) => !knownOf(of).has(name));
    if (names.length === 0) continue;
    if (knownOf(of).size === 0 && !('of' in kept)) fresh.set(of, kept);
    else waiting.push({ ...kept, names, of, stamp: newBatch() });
    note(of, names);
  }
  if (fresh.size + waiting.length > 0) await bring(fresh, waiting);
  return { fresh, waiting };
}
