import { useEffect, useRef, useState } from 'preact/hooks';
import { entries } from '../album-state.js';
import { phase } from '../run.js';
import { query, shown } from '../view-state.js';
import { words } from '../words.js';
import { done } from './run-bar.js';
import { spokenSummary } from './summary.js';

/** A screen reader hears of every tenth part of a run, and what a search has found. */
const PARTS = 10;

export function Announcements() {
  const said = words.value;
  const total = entries.value.length;
  const part = total > 0 ? Math.floor((done.value / total) * PARTS) : 0;
  const [text, say] = useState('');
  const ran = useRef(false);
  useEffect(() => {
    if (phase.value === 'running') {
      ran.current = true;
      if (part > 0) say(said.halfway(done.value, total));
    } else if (ran.current && part === PARTS) {
      ran.current = false;
      void spokenSummary().then(say);
    }
  }, [part, phase.value]);
  const asked = query.value.trim();
  return (
    <div class="unseen">
      <p aria-live="polite" data-testid="album-live">
        {text}
      </p>
      <p aria-live="polite" data-testid="album-found">
        {asked && said.shown(shown.value.length)}
      </p>
    </div>
  );
}
