import { inWords } from '../../answer/sentence.js';
import { sentenceOf } from '../../answer/tone.js';
import { copy, locale } from '../../copy/index.js';
import { language, told } from '../../state/language.js';
import { Candidates } from '../../view/candidates.js';
import { Picture } from '../../view/picture.js';
import { Sheet } from '../../view/sheet.js';
import type { Memory } from '../store.js';
import { words } from '../words.js';

/** A memory laid on the table again, as far as it was kept. */
export function MemorySheet({ memory, onClose }: { memory: Memory | null; onClose: () => void }) {
  const said = words.value;
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
          {memory.thumbnail && (
            <Picture class="memory-large" of={memory.thumbnail} alt={said.alt(title)} />
          )}
          <p class="memory-facts">
            {memory.name ?? said.pasted} · {new Date(memory.at).toLocaleString(locale.value)} ·{' '}
            {said.by(told(memory.model))}
          </p>
          <Candidates predictions={memory.result.predictions} />
        </>
      )}
    </Sheet>
  );
}
