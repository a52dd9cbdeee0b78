import { copy } from '../copy/index.js';

export function Camera() {
  return (
    <main class="room" data-testid="camera">
      <h2 class="room-title">{copy.value.place.camera}</h2>
    </main>
  );
}
