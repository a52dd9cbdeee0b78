import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { copy } from '../copy/index.js';
import { fetched } from '../state/code.js';

interface Props {
  /** Shown at once, before the room's code has arrived. */
  readonly title: string;
  readonly load: () => Promise<ComponentType>;
}

/** A room whose code is fetched when it is first entered. */
export function Room({ title, load }: Props) {
  const [Inside, enter] = useState<ComponentType | null>(null);
  const [failed, fail] = useState(false);
  const [turn, again] = useState(0);
  useEffect(() => {
    let here = true;
    fetched(load()).then(
      (component) => here && enter(() => component),
      () => here && fail(true),
    );
    return () => {
      here = false;
    };
  }, [load, turn]);

  if (Inside) return <Inside />;
  return (
    <main class="room" aria-busy={!failed} data-testid="room-waiting">
      <h2 class="room-title">{title}</h2>
      {failed && (
        <>
          <p role="alert">{copy.value.downloadFailure}</p>
          <button
            type="button"
            class="button"
            data-testid="room-retry"
            onClick={() => {
              fail(false);
              again(turn + 1);
            }}
          >
            {copy.value.retry}
          </button>
        </>
      )}
    </main>
  );
}
