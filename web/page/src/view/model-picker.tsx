import { useRef } from 'preact/hooks';
import { copy } from '../copy/index.js';
import { acceptFiles } from '../input/accept.js';

/** For those whose files cannot be dragged. Apart from the photos' picker, so that phones keep
 * offering camera and album there. */
export function ModelPicker() {
  const input = useRef<HTMLInputElement>(null);
  const words = copy.value;
  return (
    <>
      <input
        ref={input}
        class="unseen"
        type="file"
        accept=".onnx,.data,.bin,.weights,.txt,.csv,.tsv,.json,.names"
        multiple
        tabIndex={-1}
        aria-label={words.pickModelLabel}
        aria-hidden="true"
        data-testid="model-input"
        onChange={({ currentTarget }) => {
          const files = [...(currentTarget.files ?? [])];
          // Emptied, so that the same file can be chosen twice running.
          currentTarget.value = '';
          if (files.length > 0) acceptFiles(files, { named: true });
        }}
      />
      <button
        type="button"
        class="button-text"
        data-testid="pick-model"
        onClick={() => input.current?.click()}
      >
        {words.pickModel}
      </button>
    </>
  );
}
