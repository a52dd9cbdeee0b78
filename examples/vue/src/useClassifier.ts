import {
  type Classification,
  type Classifier,
  createClassifier,
  type ImageInput,
  type LoadProgress,
  ShiwuError,
} from 'shiwu';
import { onMounted, onScopeDispose, readonly, shallowRef } from 'vue';

/**
 * A classifier that lives as long as the component. It loads once mounted, never on a server; a load
 * that failed is tried again with the next picture.
 */
export function useClassifier() {
  /** Bytes so far while the model loads, null before and after. */
  const progress = shallowRef<LoadProgress | null>(null);
  /** Whether an answer is waited for. */
  const working = shallowRef(false);
  const result = shallowRef<Classification | null>(null);
  const error = shallowRef<ShiwuError | null>(null);

  const life = new AbortController();
  let loading: Promise<Classifier> | undefined;
  let work: AbortController | undefined;

  function load(): Promise<Classifier> {
    loading ??= createClassifier({
      signal: life.signal,
      onProgress: (bytes) => {
        progress.value = bytes.stage === 'ready' ? null : bytes;
      },
    }).catch((cause: unknown) => {
      loading = undefined;
      progress.value = null;
      throw cause;
    });
    return loading;
  }

  /** Names a picture. The one before it, if still at work, is given up. */
  async function classify(input: ImageInput): Promise<void> {
    work?.abort();
    work = new AbortController();
    const { signal } = work;
    working.value = true;
    result.value = null;
    error.value = null;
    try {
      const classifier = await load();
      const answer = await classifier.classify(input, { signal });
      if (!signal.aborted) result.value = answer;
    } catch (cause) {
      if (signal.aborted) return;
      if (!(cause instanceof ShiwuError)) throw cause;
      error.value = cause;
    } finally {
      if (!signal.aborted) working.value = false;
    }
  }

  onMounted(() => {
    load().catch(() => {}); // told with the first picture
  });
  onScopeDispose(() => {
    life.abort();
    work?.abort();
    loading?.then(
      (classifier) => classifier.dispose(),
      () => {},
    );
  });

  return {
    progress: readonly(progress),
    working: readonly(working),
    result: readonly(result),
    error: readonly(error),
    classify,
  };
}
