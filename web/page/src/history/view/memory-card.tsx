import { percent } from '../../answer/format.js';
import { sentenceOf } from '../../answer/tone.js';
import { copy } from '../../copy/index.js';
import { language, written } from '../../state/language.js';
import type { Memory } from '../store.js';
import { words } from '../words.js';
import { useBlobUrl } from './use-blob-url.js';

interface Props {
  readonly memory: Memory;
  readonly onOpen: () => void;
  readonly onForget: () => void;
}

/** One memory: the small picture, what it was, when. */
export function MemoryCard({ memory, onOpen, onForget }: Props) {
  const said = words.value;
  const url = useBlobUrl(memory.thumbnail);
  const answer = sentenceOf(memory.result, memory.alone);
  const gap = language.value === 'en' ? ' ' : '';
  const not = answer?.tone === 'not' ? copy.value.tone.not + gap : '';
  const name = answer
    ? not + (written(answer[language.value]) || copy.value.tone.lost)
    : copy.value.failed;
  const time = new Date(memory.at).toLocaleTimeString(copy.value.lang, {
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
        <span class="memory-picture">{url && <img src={url} alt="" />}</span>
        <span class="memory-name">{name}</span>
        <span class="memory-facts">
          {answer?.prediction && `${percent(answer.prediction.score)} · `}
          {time}
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
