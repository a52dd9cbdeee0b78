// Every entry, as `"moduleResolution": "node"` finds its types, which reads no `exports`.
import { type Classifier, createClassifier } from 'shiwu';
import { type Isolation, isolate } from 'shiwu/coi';
import { ShiwuClassifierElement } from 'shiwu/element';
import { type HeicDecoder, heicDecoder } from 'shiwu/heic';
import { type Labels, readLabels } from 'shiwu/labels';
import { createClassifier as createUnderNode } from 'shiwu/node';

/** Compiles only where both types are the same one; `any` is nothing but itself. */
type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_: Same<A, B>): void => {};

export async function name(file: File): Promise<void> {
  const heic = heicDecoder();
  const isolation = await isolate({ serviceWorker: '/coi-sw.js' });
  const here = await createClassifier({ heic });
  const { labels } = readLabels(await file.arrayBuffer());
  const there = await createUnderNode({ labels });
  same<typeof heic, HeicDecoder>(true);
  same<typeof isolation, Isolation>(true);
  same<typeof here, Classifier>(true);
  same<typeof there, Classifier>(true);
  same<typeof labels, Labels['labels']>(true);
  same<ShiwuClassifierElement['classifier'], Classifier | null>(true);
  await new ShiwuClassifierElement().classify(file);
}
