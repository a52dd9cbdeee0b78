import { inWords } from '../../answer/sentence.js';
import { sentenceOf } from '../../answer/tone.js';
import { copy } from '../../copy/index.js';
import { language, told } from '../../state/language.js';
import { Candidates } from '../../view/candidates.js';
import { Sheet } from '../../view/sheet.js';
import type { Memory } from '../store.js';
import { words } from '../words.js';
import { useBlobUrl } from './use-blob-url.js';

/** A memory laid on the table again, as far as it was kept. */
export function MemorySheet({ memory, onClose }: { memory: Memory | null; onClose: () => void }) {
  const said = words.value;
  const url = useBlobUrl(memory?.thumbnail ?? null);
  const answer = memory && sentenceOf(memory.result, memory.alone);
  const title = answer ? inWords(answer, copy.value, language.value) : copy.value.failed;
  return (
    <Sheet
      open={memory !== null}
      title={title}
      close={said.close}
      testId="memory-sheet"
      onClose={onClose}
    >
      {memory && (
        <>
          {memory.thumbnail && url && <img class="memory-large" src={url} alt={said.alt(title)} />}
          <p class="memory-facts">
            {memory.name ?? said.pasted} · {new Date(memory.at).toLocaleString(copy.value.lang)} ·{' '}
            {said.by(told(memory.model))}
          </p>
          <Candidates predictions={memory.result.predictions} />
        </>
      )}
    </Sheet>
  );
}
