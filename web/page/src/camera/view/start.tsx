import { type Lens, openCamera } from '../lens.js';
import { words } from '../words.js';

/** Before the camera is open, or when it cannot be. */
export function Start({ state }: { state: Exclude<Lens, { kind: 'live' }> }) {
  const said = words.value;
  const trouble = state.kind === 'trouble' ? said.trouble[state.trouble] : null;
  return (
    <section class="camera-start">
      <span class="corners" aria-hidden="true" />
      <div role="alert" data-testid="camera-trouble">
        {trouble && (
          <>
            <p class="camera-what">{trouble[0]}</p>
            <p>{trouble[1]}</p>
          </>
        )}
      </div>
      {!trouble && <p class="camera-intro">{said.intro}</p>}
      <button
        type="button"
        class="button"
        data-testid="open-camera"
        aria-busy={state.kind === 'opening'}
        onClick={openCamera}
      >
        {state.kind === 'opening' ? said.opening : trouble ? said.again : said.open}
      </button>
    </section>
  );
}
