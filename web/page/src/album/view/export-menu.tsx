import { useEffect, useRef } from 'preact/hooks';
import { exportAs, type Format, packing, toExport } from '../actions.js';
import { selectedEntries } from '../selection.js';
import { words } from '../words.js';

const FORMATS: readonly Format[] = ['csv', 'json', 'zip'];

/** Three ways to take the answers along. */
export function ExportMenu() {
  const details = useRef<HTMLDetailsElement>(null);
  const said = words.value;
  const state = packing.value;
  useEffect(() => {
    const onPress = ({ target }: PointerEvent) => {
      const { current } = details;
      if (current && !current.contains(target as Node)) current.open = false;
    };
    window.addEventListener('pointerdown', onPress);
    return () => window.removeEventListener('pointerdown', onPress);
  }, []);
  if (state) {
    return (
      <div class="export-packing" data-testid="packing">
        <progress class="unseen" max={state.total} value={state.done} aria-label={said.zip} />
        <span>{said.packing(state.done, state.total)}</span>
        <button type="button" class="button-text" onClick={state.stop}>
          {said.stopPacking}
        </button>
      </div>
    );
  }
  const what = selectedEntries().length > 0 ? said.exportChosen : said.exportWhat;
  const more = { csv: said.csvMore, json: said.jsonMore, zip: said.zipMore };
  return (
    <details
      ref={details}
      class="export"
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !details.current?.open) return;
        details.current.open = false;
        details.current.querySelector('summary')?.focus();
      }}
    >
      <summary class="button button-quiet" data-testid="export">
        {said.export}
      </summary>
      <div class="export-list">
        <p class="export-what">{what(toExport().length)}</p>
        {FORMATS.map((format) => (
          <button
            type="button"
            key={format}
            class="export-format"
            data-testid={`export-${format}`}
            onClick={() => {
              if (details.current) details.current.open = false;
              void exportAs(format);
            }}
          >
            <strong>{said[format]}</strong>
            <span>{more[format]}</span>
          </button>
        ))}
      </div>
    </details>
  );
}
