import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { closeCamera, lens, openCamera } from '../camera/lens.js';
import { words as camera } from '../camera/words.js';
import { words } from './words.js';

const QUALITY = 0.92;

/** A small finder and its shutter: each press is a photo more. */
export function Shutter({ take }: { take: (photo: File) => void }) {
  const video = useRef<HTMLVideoElement>(null);
  const said = words.value;
  const state = lens.value;
  const stream = state.kind === 'live' ? state.stream : null;
  useEffect(() => {
    void openCamera();
    return closeCamera;
  }, []);
  useLayoutEffect(() => {
    if (!video.current || !stream) return;
    video.current.srcObject = stream;
    video.current.play().catch(() => {
      // Ended before it began; the lens says so.
    });
  }, [stream]);
  if (state.kind === 'trouble') {
    return (
      <p role="alert" data-testid="shutter-trouble">
        {camera.value.trouble[state.trouble].join(' ')}
      </p>
    );
  }
  if (!stream) return <p class="setting-more">{said.cameraOpening}</p>;
  const press = async () => {
    const photo = video.current && (await frameOf(video.current));
    if (photo) take(photo);
  };
  return (
    <div class="shutter">
      <video
        ref={video}
        class="shutter-finder"
        aria-label={said.finder}
        playsInline
        muted
        autoplay
        data-testid="shutter-finder"
      />
      <button type="button" class="button" data-testid="shutter" onClick={() => void press()}>
        {said.shutter}
      </button>
    </div>
  );
}

/** Null before the first frame. */
async function frameOf(video: HTMLVideoElement): Promise<File | null> {
  const { videoWidth: width, videoHeight: height } = video;
  if (width === 0) return null;
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width, height });
  canvas.getContext('2d')?.drawImage(video, 0, 0);
  const type = 'image/jpeg';
  const photo = await new Promise<Blob | null>((done) => canvas.toBlob(done, type, QUALITY));
  return photo && new File([photo], 'camera.jpg', { type });
}
