import { copy } from '../copy/index.js';

export function Settings() {
  return (
    <main class="room" data-testid="settings">
      <h2 class="room-title">{copy.value.place.settings}</h2>
    </main>
  );
}
