import './camera.css';
import { useEffect } from 'preact/hooks';
import { thaw } from './frozen.js';
import { closeCamera, isAllowed, lens, openCamera } from './lens.js';
import { Live } from './view/live.js';
import { Start } from './view/start.js';
import { words } from './words.js';

/** Names what the camera sees, as it sees it. */
export function Camera() {
  useEffect(() => {
    let here = true;
    void isAllowed().then((allowed) => {
      if (here && allowed && lens.value.kind === 'off') void openCamera();
    });
    // Out of sight, the light goes out; back again, it looks on.
    let wasLive = false;
    const onVisibility = () => {
      if (document.hidden) {
        wasLive = lens.value.kind === 'live' || lens.value.kind === 'opening';
        if (wasLive) closeCamera();
      } else if (wasLive) {
        wasLive = false;
        void openCamera();
      }
    };
    document.addEventListener('visibilitychange', onVisibility);
    return () => {
      here = false;
      document.removeEventListener('visibilitychange', onVisibility);
      closeCamera();
      thaw();
    };
  }, []);
  const state = lens.value;
  return (
    <main class="room camera" data-testid="camera" data-lens={state.kind}>
      <h2 class="room-title">{words.value.title}</h2>
      {state.kind === 'live' ? <Live stream={state.stream} /> : <Start state={state} />}
    </main>
  );
}
