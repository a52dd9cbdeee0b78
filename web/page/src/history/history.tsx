import './history.css';
import { useEffect, useState } from 'preact/hooks';
import { historyChoice } from '../state/preferences.js';
import { AskButton } from '../view/ask-button.js';
import { byDay } from './days.js';
import { remove, removeAll } from './removal.js';
import { barred, type Memory, memories, readMemories } from './store.js';
import { MemoryCard } from './view/memory-card.js';
import { MemorySheet } from './view/memory-sheet.js';
import { words } from './words.js';

/** What was named before, for those who want it kept. */
export function History() {
  const said = words.value;
  const [open, setOpen] = useState<Memory | null>(null);
  useEffect(() => {
    void readMemories();
  }, []);
  const list = memories.value;
  const on = historyChoice.value === 'on';
  return (
    <main class="room history" data-testid="history" data-count={list?.length}>
      <header class="room-head">
        <h2 class="room-title">{said.title}</h2>
        <div class="room-actions">
          {on && (
            <button
              type="button"
              class="button-text"
              data-testid="history-stop"
              onClick={() => {
                historyChoice.value = 'off';
              }}
            >
              {said.stop}
            </button>
          )}
          {list !== undefined && list.length > 0 && (
            <div class="room-actions-apart">
              <AskButton
                text={said.clear}
                question={said.clearAsk(list.length)}
                yes={said.clearYes}
                no={said.clearNo}
                testId="history-clear"
                act={removeAll}
              />
            </div>
          )}
        </div>
      </header>
      {!on && <Offer />}
      {barred.value && <p class="history-empty">{said.bars[barred.value]}</p>}
      {on && list?.length === 0 && <p class="history-empty">{said.empty}</p>}
      {byDay(list ?? []).map(({ day, those }) => (
        <section key={day} class="history-day" aria-label={day}>
          <h3 class="history-date">{day}</h3>
          <ul class="history-list">
            {those.map((memory) => (
              <MemoryCard
                key={memory.id}
                memory={memory}
                onOpen={() => setOpen(memory)}
                onForget={() => remove([memory])}
              />
            ))}
          </ul>
        </section>
      ))}
      <MemorySheet memory={open} onClose={() => setOpen(null)} />
    </main>
  );
}

function Offer() {
  const said = words.value;
  return (
    <section class="history-offer">
      <p class="history-question">{said.offer}</p>
      <p>{said.offerMore}</p>
      <button
        type="button"
        class="button"
        data-testid="history-begin"
        onClick={() => {
          historyChoice.value = 'on';
        }}
      >
        {said.begin}
      </button>
    </section>
  );
}
