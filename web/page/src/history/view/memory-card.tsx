import { percent } from '../../answer/format.js';
import { type Sentence, sentenceOf } from '../../answer/tone.js';
import { copy, locale } from '../../copy/index.js';
import { language, written } from '../../state/language.js';
import { Picture } from '../../view/picture.js';
import type { Memory } from '../store.js';
import { words } from '../words.js';

interface Props {
  readonly memory: Memory;
  readonly onOpen: () => void;
  readonly onForget: () => void;
}

/** The score of a class, or that the visitor said so. Of a category no figure says more than its name. */
function sureOf({ prediction }: Sentence): string {
  if (!prediction) return '';
  return prediction.index < 0 ? copy.value.byYou : percent(prediction.score);
}

/** One memory: the small picture, what it was, when. */
export function MemoryCard({ memory, onOpen, onForget }: Props) {
  const said = words.value;
  const answer = sentenceOf(memory.result, memory.alone);
  const gap = language.value === 'en' ? ' ' : '';
  const not = answer?.tone === 'not' ? copy.value.tone.not + gap : '';
  const name = answer
    ? not + (written(answer[language.value]) || copy.value.tone.lost)
    : copy.value.failed;
  const time = new Date(memory.at).toLocaleTimeString(locale.value, {
    hour: '2-digit',
    minute: '2-digit',
  });
  return (
    <li class="memory">
      <button
        type="button"
        class="memory-open"
        aria-label={said.open(name, time)}
        data-testid="memory"
        onClick={onOpen}
      >
        <span class="memory-picture">
          {memory.thumbnail && <Picture of={memory.thumbnail} alt="" />}
        </span>
        <span class="memory-name">{name}</span>
        <span class="memory-facts">
          {[answer && sureOf(answer), time].filter(Boolean).join(' · ')}
        </span>
      </button>
      <button
        type="button"
        class="button-text memory-forget"
        aria-label={said.remove(name)}
        data-testid="memory-forget"
        onClick={onForget}
      >
        {said.removeShort}
      </button>
    </li>
  );
}
