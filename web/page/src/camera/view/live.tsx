import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { save } from '../../input/save.js';
import { photoFromFile } from '../../state/photo.js';
import { goTo } from '../../state/place.js';
import { examine } from '../../state/specimen.js';
import { Picture } from '../../view/picture.js';
import { type Frozen, freeze, frozen, thaw } from '../frozen.js';
import { chooseLens, chosen, closeCamera, lenses, switchTorch, torch } from '../lens.js';
import { failure, look, seen, steady } from '../looking.js';
import { words } from '../words.js';
import { Caption } from './caption.js';

/** The open camera: what it sees, what that is, and its knobs. */
export function Live({ stream }: { stream: MediaStream }) {
  const video = useRef<HTMLVideoElement>(null);
  const still = frozen.value;
  const said = words.value;

  // With the first paint: what is said to be open shows its picture.
  useLayoutEffect(() => {
    const element = video.current;
    if (!element) return;
    element.srcObject = stream;
    element.play().catch(() => {
      // Ended before it began; the track says so.
    });
  }, [stream]);
  // A frozen frame is named by itself; the camera is looked at again when it is let go.
  useEffect(() => {
    if (!video.current || still) return;
    const leave = new AbortController();
    void look(video.current, leave.signal);
    return () => leave.abort();
  }, [stream, still === null]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== ' ' || event.target !== document.body) return;
      event.preventDefault();
      toggle();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);

  const toggle = () => {
    if (frozen.value) thaw();
    else if (video.current) void freeze(video.current);
  };
  const mirrored = stream.getVideoTracks()[0]?.getSettings().facingMode === 'user';
  return (
    <div class="camera-live">
      <div class="camera-stage">
        <video
          ref={video}
          class="camera-video"
          data-mirrored={mirrored}
          aria-label={said.video}
          playsInline
          muted
          autoplay
          data-testid="camera-video"
        />
        {still && (
          <Picture
            class="camera-video"
            data-mirrored={mirrored}
            of={still.photo}
            alt={said.frozenAlt}
            data-testid="frozen"
          />
        )}
        <span class="corners" aria-hidden="true" />
      </div>
      <div class="camera-side">
        <Caption
          result={still ? still.result : steady.value}
          bars={still ? still.result : seen.value}
          failure={still ? still.failure : failure.value}
        />
        <div class="camera-knobs">
          <button type="button" class="button" data-testid="freeze" onClick={toggle}>
            {still ? said.goOn : said.freeze}
          </button>
          {still ? <FrozenKnobs still={still} /> : <LiveKnobs />}
        </div>
      </div>
    </div>
  );
}

function FrozenKnobs({ still }: { still: Frozen }) {
  const said = words.value;
  const name = `${said.fileName}-${Date.now()}.jpg`;
  return (
    <>
      <button
        type="button"
        class="button button-quiet"
        data-testid="to-table"
        onClick={() => {
          const file = new File([still.photo], name, { type: still.photo.type });
          goTo('photo');
          examine(photoFromFile(file, true));
        }}
      >
        {said.toTable}
      </button>
      <button
        type="button"
        class="button button-quiet"
        data-testid="save-photo"
        onClick={() => save(still.photo, name)}
      >
        {said.savePhoto}
      </button>
    </>
  );
}

function LiveKnobs() {
  const said = words.value;
  return (
    <>
      {lenses.value.length > 1 && (
        <label class="field">
          <span class="unseen">{said.lens}</span>
          <select
            class="field-input"
            value={chosen.value ?? ''}
            data-testid="lens"
            onChange={({ currentTarget }) => chooseLens(currentTarget.value)}
          >
            {lenses.value.map(({ deviceId, label }, n) => (
              <option key={deviceId} value={deviceId}>
                {label || said.lensNumber(n + 1)}
              </option>
            ))}
          </select>
        </label>
      )}
      {torch.value !== null && (
        <button
          type="button"
          class="button button-quiet"
          aria-pressed={torch.value}
          data-testid="torch"
          onClick={switchTorch}
        >
          {torch.value ? said.torchOff : said.torchOn}
        </button>
      )}
      <button
        type="button"
        class="button button-quiet"
        data-testid="close-camera"
        onClick={closeCamera}
      >
        {said.close}
      </button>
    </>
  );
}
