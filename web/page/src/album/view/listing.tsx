import { keepOneEach } from '../actions.js';
import { selected } from '../selection.js';
import {
  ask,
  type Floor,
  floor,
  query,
  type Sort,
  showAll,
  shown,
  sort,
  special,
} from '../view-state.js';
import { words } from '../words.js';

/** Search, certainty and order; or, for a list of its own, what it is and the way back. */
export function Listing() {
  return special.value ? <SpecialHead /> : <Tools />;
}

function SpecialHead() {
  const said = words.value;
  const list = special.value;
  if (!list) return null;
  const text =
    list.kind === 'similar'
      ? said.similarTo(list.file)
      : said.duplicatesFound(list.sets.length, list.sets.flat().length);
  return (
    <div class="listing" data-testid="special" data-kind={list.kind}>
      <h3 class="listing-title">{text}</h3>
      {list.kind === 'duplicates' && (
        <button
          type="button"
          class="button button-quiet"
          data-testid="keep-one"
          onClick={() => keepOneEach(list.sets)}
        >
          {said.keepOne}
        </button>
      )}
      <button
        type="button"
        class="button button-quiet"
        data-testid="back"
        onClick={() => {
          special.value = null;
        }}
      >
        {said.back}
      </button>
    </div>
  );
}

function Tools() {
  const said = words.value;
  return (
    <search class="listing" aria-label={said.tools}>
      <label class="field field-search">
        <span class="field-name">{said.search}</span>
        <input
          type="search"
          class="field-input"
          placeholder={said.searchHint}
          value={query.value}
          data-testid="search"
          autocomplete="off"
          spellcheck={false}
          onInput={({ currentTarget }) => ask(currentTarget.value)}
        />
      </label>
      <label class="field">
        <span class="field-name">{said.floor}</span>
        <select
          class="field-input"
          value={floor.value}
          data-testid="floor"
          onChange={({ currentTarget }) => {
            floor.value = currentTarget.value as Floor;
          }}
        >
          {Object.entries(said.floors).map(([id, text]) => (
            <option key={id} value={id}>
              {text}
            </option>
          ))}
        </select>
      </label>
      <label class="field">
        <span class="field-name">{said.sort}</span>
        <select
          class="field-input"
          value={sort.value}
          data-testid="sort"
          onChange={({ currentTarget }) => {
            sort.value = currentTarget.value as Sort;
          }}
        >
          {Object.entries(said.sorts).map(([id, text]) => (
            <option key={id} value={id}>
              {text}
            </option>
          ))}
        </select>
      </label>
      <p class="listing-count" data-testid="shown-count">
        {said.shown(shown.value.length)}
      </p>
      <button
        type="button"
        class="button button-quiet listing-select"
        aria-pressed={selected.value !== null}
        data-testid="select"
        onClick={() => {
          selected.value = selected.value ? null : new Set();
        }}
      >
        {said.select}
      </button>
      {shown.value.length === 0 && (
        <div class="nothing" data-testid="nothing">
          <p>
            {said.nothing} {said.nothingMore}
          </p>
          <button type="button" class="button button-quiet" onClick={showAll}>
            {said.showAll}
          </button>
        </div>
      )}
    </search>
  );
}
