import { percent } from '../../answer/format.js';
import { Picture } from '../../view/picture.js';
import { calls } from '../actions.js';
import { type Entry, isByCategory, isLikely, nameOf } from '../types.js';
import { words } from '../words.js';
import { useThumbnail } from './use-thumbnail.js';

interface Props {
  readonly entry: Entry;
  readonly index: number;
  readonly count: number;
  /** Of duplicates: in which set it is. */
  readonly set: number | undefined;
  readonly focusable: boolean;
  /** Pixels. */
  readonly size: number;
  readonly left: number;
  readonly top: number;
  /** While photos are chosen: whether this one is. */
  readonly chosen: boolean | undefined;
  readonly onOpen: () => void;
}

/** One photo of the grid: the picture, its name, how sure. */
export function Cell({
  entry,
  index,
  count,
  set,
  chosen,
  focusable,
  size,
  left,
  top,
  onOpen,
}: Props) {
  const said = words.value;
  const thumbnail = useThumbnail(entry.key);
  const name = nameOf(entry);
  const file = entry.path.split('/').at(-1) ?? entry.path;
  const sure = sureOf(entry);
  const state = entry.state === 'failed' ? said.failed : said.waiting;
  const title = name ? calls(name) : state;
  return (
    <li
      class="cell"
      aria-setsize={count}
      aria-posinset={index + 1}
      style={{ width: `${size}px`, transform: `translate(${left}px, ${top}px)` }}
    >
      <button
        type="button"
        class="cell-button"
        tabIndex={focusable ? 0 : -1}
        aria-label={sure ? said.cell(title, sure, file) : said.cellPlain(title, file)}
        aria-pressed={chosen}
        title={file}
        data-index={index}
        data-testid="cell"
        data-state={entry.state}
        data-class-id={name?.id}
        data-file={entry.path}
        onClick={onOpen}
      >
        <span class="cell-picture" style={{ height: `${size}px` }}>
          {thumbnail && <Picture class="cell-image" of={thumbnail} alt="" />}
          {thumbnail === null && <span class="corners" />}
          {chosen !== undefined && <span class="cell-chosen" aria-hidden="true" />}
          {set !== undefined && <span class="cell-set">{said.set(set)}</span>}
        </span>
        <span class="cell-caption">
          <span class="cell-name" data-likely={isLikely(entry)}>
            {title}
          </span>
          <span class="cell-sure">{sure}</span>
        </span>
      </button>
    </li>
  );
}

function sureOf(entry: Entry): string {
  if (entry.corrected) return words.value.byHand;
  const name = isByCategory(entry) ? null : nameOf(entry);
  return name ? percent(name.score) : '';
}
