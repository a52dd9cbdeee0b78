import { copy } from '../copy/index.js';

export function Album() {
  return (
    <main class="room" data-testid="album">
      <h2 class="room-title">{copy.value.place.album}</h2>
    </main>
  );
}
