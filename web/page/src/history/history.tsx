import { copy } from '../copy/index.js';

export function History() {
  return (
    <main class="room" data-testid="history">
      <h2 class="room-title">{copy.value.place.history}</h2>
    </main>
  );
}
