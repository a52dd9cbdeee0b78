import { percent } from '../../answer/format.js';
import { calls } from '../actions.js';
import { correct } from '../album-state.js';
import { type Entry, nameOf } from '../types.js';
import { words } from '../words.js';

/** How likely each is. The right one may be among them: it has a button of its own, so that no bar rewrites a name. */
export function Guesses({ entry }: { entry: Entry }) {
  const said = words.value;
  if (entry.guesses.length === 0) return null;
  return (
    <ul class="guesses" aria-label={said.guesses}>
      {entry.guesses.map((guess) => {
        const isIt = nameOf(entry)?.id === guess.id;
        return (
          <li key={guess.id} class="guess" data-is-it={isIt}>
            <span class="guess-name">{calls(guess)}</span>
            <span class="guess-percent">{percent(guess.score)}</span>
            <button
              type="button"
              class="button-text guess-choose"
              aria-label={`${said.choose(calls(guess))} ${percent(guess.score)}`}
              aria-pressed={isIt}
              data-testid="guess"
              data-class-id={guess.id}
              onClick={() => correct(entry, { ...guess, score: 1 })}
            >
              {isIt ? '✓' : said.thisOne}
            </button>
            <span class="track" aria-hidden="true">
              <span class="track-fill" style={{ transform: `scaleX(${guess.score})` }} />
            </span>
          </li>
        );
      })}
    </ul>
  );
}
