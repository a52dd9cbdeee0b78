// What a user writes, with the types that the editor must show for it.
import {
  type Classification,
  type Classifier,
  createClassifier,
  type ErrorCode,
  type Prediction,
  ShiwuError,
} from 'shiwu';

/** Compiles only where both types are the same one; `any` is nothing but itself. */
type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_: Same<A, B>): void => {};

export async function name(file: File, signal: AbortSignal): Promise<string> {
  const classifier = await createClassifier({ onProgress: ({ loaded, total }) => loaded / total });
  const result = await classifier.classify(file, { topK: 3, signal });
  const [first] = result.predictions;

  same<typeof classifier, Classifier>(true);
  same<typeof result, Classification>(true);
  same<typeof first, Prediction>(true);
  same<Prediction['score'], number>(true);
  same<Prediction['aliases'], readonly string[]>(true);
  same<typeof result.features, Float32Array | undefined>(true);

  for await (const { input, index, error } of classifier.classifyMany([file])) {
    same<typeof input, File>(true);
    same<typeof index, number>(true);
    same<typeof error, ShiwuError | undefined>(true);
  }
  await classifier.dispose();
  return first?.label ?? '';
}

export function codeOf(error: unknown): ErrorCode | undefined {
  return error instanceof ShiwuError ? error.code : undefined;
}

// @ts-expect-error: a path is a string, a number is nothing
await createClassifier({ model: 5 });
// @ts-expect-error: there is no such option
await createClassifier({ topK: 3 });
// @ts-expect-error: results are for reading
(result: Classification) => (result.predictions[0] as Prediction).score++;
