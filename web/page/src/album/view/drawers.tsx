import { calls, comparing, showDuplicates } from '../actions.js';
import { entries } from '../album-state.js';
import { FAILED, type Group, OTHER, UNSURE, WAITING } from '../groups.js';
import { group, groups, label, labels, special, tile } from '../view-state.js';
import { words } from '../words.js';
import { Tiles } from './tiles.js';

/** More names than this do not help to choose one; the search does. */
const LABELS_SHOWN = 12;

/** The categories, and the names within the one that is open. */
export function Drawers() {
  const said = words.value;
  return (
    <section class="drawers">
      <fieldset class="chips">
        <legend class="unseen">{said.groups}</legend>
        <Chip
          text={said.all}
          count={entries.value.length}
          on={group.value === null && !special.value}
          testId="group-all"
          act={() => choose(null)}
        />
        {groups.value.map((one) => (
          <Chip
            key={one.id}
            text={titleOf(one)}
            count={one.count}
            on={group.value === one.id && !special.value}
            testId={`group-${one.id}`}
            act={() => choose(one.id)}
          />
        ))}
        <button
          type="button"
          class="chip chip-plain"
          aria-pressed={special.value?.kind === 'duplicates'}
          disabled={comparing.value}
          data-testid="duplicates"
          onClick={showDuplicates}
        >
          {comparing.value ? said.looking : said.duplicates}
        </button>
      </fieldset>
      <Tiles />
      {labels.value.length > 1 && !special.value && (
        <fieldset class="chips chips-small">
          <legend class="unseen">{said.labels}</legend>
          {labels.value.slice(0, LABELS_SHOWN).map((one) => (
            <Chip
              key={one.id}
              text={titleOf(one)}
              count={one.count}
              on={label.value === one.id}
              testId={`label-${one.id}`}
              act={() => {
                label.value = label.value === one.id ? null : one.id;
              }}
            />
          ))}
        </fieldset>
      )}
    </section>
  );
}

function choose(drawer: string | null): void {
  special.value = null;
  label.value = null;
  tile.value = null;
  group.value = drawer;
}

function titleOf({ id, zh = '', en = '' }: Group): string {
  const { other, unsure, failed, waiting } = words.value;
  const plain: Record<string, string> = {
    [OTHER]: other,
    [UNSURE]: unsure,
    [FAILED]: failed,
    [WAITING]: waiting,
  };
  return plain[id] ?? calls({ zh, en });
}

interface ChipProps {
  readonly text: string;
  readonly count: number;
  readonly on: boolean;
  readonly testId: string;
  readonly act: () => void;
}

function Chip({ text, count, on, testId, act }: ChipProps) {
  return (
    <button
      type="button"
      class="chip"
      aria-pressed={on}
      data-testid={testId}
      data-count={count}
      onClick={act}
    >
      {text} <span class="chip-count">{count.toLocaleString()}</span>
    </button>
  );
}
