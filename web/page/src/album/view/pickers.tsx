import { useEffect, useRef } from 'preact/hooks';
import { collectChosen } from '../../input/collect.js';
import { putInInbox } from '../../state/inbox.js';
import { words } from '../words.js';

/** Phones know no folders. */
const TAKES_FOLDERS =
  'webkitdirectory' in HTMLInputElement.prototype && matchMedia('(pointer: fine)').matches;

/** Two ways in: a folder, or any number of photos. */
export function Pickers({ first }: { first: boolean }) {
  const { pickFolder, pickPhotos, addFolder, addPhotos } = words.value;
  return (
    <div class="album-pickers">
      {TAKES_FOLDERS && (
        <PickButton
          folder
          main={first}
          text={first ? pickFolder : addFolder}
          testId="pick-folder"
        />
      )}
      <PickButton
        main={first && !TAKES_FOLDERS}
        text={first ? pickPhotos : addPhotos}
        testId="pick-photos"
      />
    </div>
  );
}

interface Props {
  readonly text: string;
  readonly testId: string;
  readonly main: boolean;
  readonly folder?: boolean;
}

function PickButton({ text, testId, main, folder = false }: Props) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    // Every browser has it, but JSX's types do not.
    if (input.current) input.current.webkitdirectory = folder;
  }, [folder]);
  return (
    <>
      <input
        ref={input}
        class="unseen"
        type="file"
        multiple
        accept={folder ? undefined : 'image/*'}
        tabIndex={-1}
        aria-label={text}
        aria-hidden="true"
        data-testid={`${testId}-input`}
        onChange={({ currentTarget }) => {
          const found = collectChosen(currentTarget.files ?? []);
          // Emptied, so that the same folder can be chosen twice running.
          currentTarget.value = '';
          if (found.length > 0) putInInbox(found);
        }}
      />
      <button
        type="button"
        class={main ? 'button' : 'button button-quiet'}
        data-testid={testId}
        onClick={() => input.current?.click()}
      >
        {text}
      </button>
    </>
  );
}
