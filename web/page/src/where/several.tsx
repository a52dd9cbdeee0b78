import type { Thing } from 'shiwu';
import { percent } from '../answer/format.js';
import { labelIn } from '../answer/sentence.js';
import { language } from '../state/language.js';
import { examine, specimen } from '../state/specimen.js';
import { placesOf } from './places.js';
import { pointed, several } from './state.js';
import { words } from './words.js';

/** 左边：咖啡杯；右边：笔记本电脑。 */
export function SeveralThings() {
  const found = several.value;
  const state = specimen.value;
  if (!found || state.kind !== 'done') return null;
  const said = words.value;
  return (
    <section class="several" aria-label={said.several} data-testid="several">
      <p role="status" class="several-line">
        {found === 'looking' ? said.looking : sentence(found, state.result.image)}
      </p>
      {found !== 'looking' && found.length > 1 && (
        <ul class="several-list">
          {found.map((thing) => (
            <li key={`${thing.region.x} ${thing.region.y}`}>
              <button
                type="button"
                class="tool"
                data-testid="thing"
                data-class-id={thing.predictions[0]?.id}
                onPointerEnter={() => point(thing)}
                onPointerLeave={() => point(null)}
                onFocus={() => point(thing)}
                onBlur={() => point(null)}
                onClick={() => examine(state.photo, thing.region)}
              >
                {nameOf(thing)} {percent(thing.predictions[0]?.score ?? 0)}
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function point(thing: Thing | null): void {
  pointed.value = thing;
}

function nameOf({ predictions: [first] }: Thing): string {
  return first ? labelIn(first, language.value) : words.value.nothing;
}

function sentence(found: readonly Thing[], size: { width: number; height: number }): string {
  const said = words.value;
  if (found.length < 2) return said.one;
  // As they are read: from left to right, from the top down.
  const middle = ({ region: { x, y, width, height } }: Thing) => x + width / 2 + y + height / 2;
  const things = [...found].sort((a, b) => middle(a) - middle(b));
  const parts = placesOf(
    things.map(({ region }) => region),
    size,
  ).map((place, i) => `${said.places[place]}${said.colon}${nameOf(things[i] as Thing)}`);
  const line = parts.join(said.semicolon);
  return `${line.charAt(0).toUpperCase()}${line.slice(1)}${said.stop}`;
}
