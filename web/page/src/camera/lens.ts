import { signal } from '@preact/signals';

/** The camera itself: opening it, its lenses and its light. */

export type Trouble = 'denied' | 'none' | 'busy' | 'insecure' | 'ended' | 'unknown';

export type Lens =
  | { readonly kind: 'off' }
  | { readonly kind: 'opening' }
  | { readonly kind: 'live'; readonly stream: MediaStream }
  | { readonly kind: 'trouble'; readonly trouble: Trouble };

export const lens = signal<Lens>({ kind: 'off' });

/** Cameras to choose among; known once one has been allowed. */
export const lenses = signal<readonly MediaDeviceInfo[]>([]);
export const chosen = signal<string | null>(null);

/** null: this camera has no light. */
export const torch = signal<boolean | null>(null);

/** Counts the openings: of two that overlap the later one is meant. */
let turn = 0;

const IDEAL = { width: { ideal: 1280 }, height: { ideal: 720 } };

export async function openCamera(): Promise<void> {
  const mine = ++turn;
  stopTracks();
  if (!navigator.mediaDevices) {
    lens.value = { kind: 'trouble', trouble: 'insecure' };
    return;
  }
  lens.value = { kind: 'opening' };
  try {
    const which = chosen.value
      ? { deviceId: { exact: chosen.value } }
      : { facingMode: 'environment' };
    const stream = await navigator.mediaDevices.getUserMedia({ video: { ...IDEAL, ...which } });
    if (mine !== turn) {
      for (const track of stream.getTracks()) track.stop();
      return;
    }
    await take(stream);
  } catch (error) {
    if (mine !== turn) return;
    const trouble = troubleOf(error);
    // The one that was chosen has been unplugged: then whichever there is.
    if (trouble === 'none' && chosen.value) {
      chosen.value = null;
      return openCamera();
    }
    lens.value = { kind: 'trouble', trouble };
  }
}

async function take(stream: MediaStream): Promise<void> {
  const [track] = stream.getVideoTracks();
  track?.addEventListener('ended', () => {
    if (lens.value.kind === 'live' && lens.value.stream === stream) {
      lens.value = { kind: 'trouble', trouble: 'ended' };
    }
  });
  const abilities = track?.getCapabilities?.() as { torch?: boolean } | undefined;
  torch.value = abilities?.torch ? false : null;
  lens.value = { kind: 'live', stream };
  const devices = await navigator.mediaDevices.enumerateDevices();
  lenses.value = devices.filter(({ kind }) => kind === 'videoinput');
}

export function closeCamera(): void {
  turn++;
  stopTracks();
  lens.value = { kind: 'off' };
}

export function chooseLens(deviceId: string): void {
  chosen.value = deviceId;
  void openCamera();
}

export async function switchTorch(): Promise<void> {
  if (lens.value.kind !== 'live' || torch.value === null) return;
  const wanted = !torch.value;
  const [track] = lens.value.stream.getVideoTracks();
  // Not yet among TypeScript's constraints.
  const constraint = { advanced: [{ torch: wanted } as MediaTrackConstraintSet] };
  await track?.applyConstraints(constraint).then(
    () => {
      torch.value = wanted;
    },
    () => {
      torch.value = null;
    },
  );
}

/** Whether the visitor has allowed the camera before, so that it may open by itself. */
export async function isAllowed(): Promise<boolean> {
  try {
    const { state } = await navigator.permissions.query({ name: 'camera' as PermissionName });
    return state === 'granted';
  } catch {
    return false;
  }
}

function stopTracks(): void {
  if (lens.value.kind !== 'live') return;
  for (const track of lens.value.stream.getTracks()) track.stop();
}

function troubleOf(error: unknown): Trouble {
  switch (error instanceof DOMException && error.name) {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'denied';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'none';
    case 'NotReadableError':
    case 'AbortError':
      return 'busy';
    default:
      return 'unknown';
  }
}
