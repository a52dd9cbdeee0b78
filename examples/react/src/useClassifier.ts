import { useCallback, useEffect, useRef, useState } from 'react';
import {
  type Classification,
  type Classifier,
  createClassifier,
  type ImageInput,
  type LoadProgress,
  ShiwuError,
} from 'shiwu';

export interface UseClassifier {
  /** Bytes so far while the model loads, null before and after. */
  readonly progress: LoadProgress | null;
  /** Whether an answer is waited for. */
  readonly working: boolean;
  readonly result: Classification | null;
  readonly error: ShiwuError | null;
  /** Names a picture. The one before it, if still at work, is given up. */
  readonly classify: (input: ImageInput) => Promise<void>;
}

const NOTHING = { working: false, result: null, error: null };

/**
 * A classifier that lives as long as the component. It loads at once; a load that failed is tried
 * again with the next picture. StrictMode mounts twice: the first load is given up before it began.
 */
export function useClassifier(): UseClassifier {
  const [progress, setProgress] = useState<LoadProgress | null>(null);
  const [answer, setAnswer] =
    useState<Pick<UseClassifier, 'working' | 'result' | 'error'>>(NOTHING);
  const loading = useRef<Promise<Classifier> | null>(null);
  const work = useRef<AbortController | null>(null);
  const life = useRef(new AbortController());

  const load = useCallback(() => {
    const { signal } = life.current;
    loading.current ??= createClassifier({
      signal,
      onProgress: (bytes) => {
        if (!signal.aborted) setProgress(bytes.stage === 'ready' ? null : bytes);
      },
    }).catch((error: unknown) => {
      if (!signal.aborted) {
        loading.current = null;
        setProgress(null);
      }
      throw error;
    });
    return loading.current;
  }, []);

  const classify = useCallback(
    async (input: ImageInput) => {
      work.current?.abort();
      const mine = new AbortController();
      const { signal } = mine;
      work.current = mine;
      setAnswer({ ...NOTHING, working: true });
      try {
        const classifier = await load();
        const result = await classifier.classify(input, { signal });
        if (!signal.aborted) setAnswer({ ...NOTHING, result });
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof ShiwuError)) throw error;
        setAnswer({ ...NOTHING, error });
      }
    },
    [load],
  );

  useEffect(() => {
    life.current = new AbortController();
    load().catch(() => {}); // told with the first picture
    return () => {
      life.current.abort();
      work.current?.abort();
      const gone = loading.current;
      loading.current = null;
      gone?.then(
        (classifier) => classifier.dispose(),
        () => {},
      );
    };
  }, [load]);

  return { progress, ...answer, classify };
}
