import { spoken } from '../answer/sentence.js';
import { copy } from '../copy/index.js';
import { model } from '../state/classifier.js';
import { language } from '../state/language.js';
import { notice, specimen } from '../state/specimen.js';

/** What a screen reader is told: results politely, failures at once. */
export function Announcer() {
  return (
    <div class="unseen">
      <div aria-live="polite" aria-atomic="true" data-testid="live">
        {politely()}
      </div>
      <div role="alert" data-testid="alert">
        {urgently()}
      </div>
    </div>
  );
}

function politely(): string {
  const state = specimen.value;
  const words = copy.value;
  if (notice.value !== null) return notice.value;
  if (state.kind === 'working') return words.announceWorking(state.photo.name ?? words.pasted);
  if (state.kind === 'done') return spoken(state.result, words, language.value);
  return '';
}

function urgently(): string {
  const state = specimen.value;
  if (state.kind === 'failed') return state.failure[language.value];
  if (state.kind === 'empty' && model.value.kind === 'failed') {
    return model.value.failure[language.value];
  }
  return '';
}
