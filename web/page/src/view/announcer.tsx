import { spoken } from '../answer/sentence.js';
import { copy } from '../copy/index.js';
import { words as tools } from '../photo/words.js';
import { knowsOne, model } from '../state/classifier.js';
import { exchange } from '../state/exchange.js';
import { language, told } from '../state/language.js';
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
  const change = exchange.value;
  if (change?.kind === 'loading') {
    return change.file === null ? words.exchangingBack : words.exchanging(change.file);
  }
  if (notice.value !== null) return notice.value;
  if (state.kind === 'working') return words.announceWorking(state.photo.name ?? words.pasted);
  if (state.kind === 'done') {
    const answer = spoken(state.result, words, language.value, knowsOne());
    return state.region ? `${tools.value.partSpoken}${answer}` : answer;
  }
  if (model.value.kind === 'ready' && model.value.own) {
    const { name, classes } = model.value.info.model;
    return words.ownIntro(told(name), classes);
  }
  return '';
}

function urgently(): string {
  const state = specimen.value;
  const change = exchange.value;
  if (change?.kind === 'failed') {
    const { notExchanged, notExchangedBack, sentenceEnd } = copy.value;
    const what = change.file === null ? notExchangedBack : notExchanged(change.file);
    return `${what}${sentenceEnd} ${told(change.failure)}`;
  }
  if (state.kind === 'failed') return told(state.failure);
  if (state.kind === 'empty' && model.value.kind === 'failed') {
    return told(model.value.failure);
  }
  return '';
}
