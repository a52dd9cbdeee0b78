/** The waits of a watch. Each of them ends, without an error, when `stop` aborts. */

/**
 * Milliseconds after which a wait for a frame is given up. No event tells of a camera that its own
 * page switched off (`track.stop()`), so the watch must look for that now and then.
 */
const LOOK_AGAIN = 250;

/** Waits for a frame that the video has not shown before; false when none came in a quarter of a second. */
export async function nextFrame(video: HTMLVideoElement, stop: AbortSignal): Promise<boolean> {
  let came = false;
  await until(stop, (done) => {
    const timer = setTimeout(done, LOOK_AGAIN);
    const cancel = onFrame(video, () => {
      came = true;
      done();
    });
    return () => {
      clearTimeout(timer);
      cancel();
    };
  });
  return came;
}

/** Waits while the page cannot be seen; true when there was something to wait for. */
export async function whileHidden(stop: AbortSignal): Promise<boolean> {
  if (!document.hidden) return false;
  await until(stop, (done) => {
    const look = () => {
      if (!document.hidden) done();
    };
    document.addEventListener('visibilitychange', look);
    return () => document.removeEventListener('visibilitychange', look);
  });
  return true;
}

export function pause(milliseconds: number, stop: AbortSignal): Promise<void> {
  return until(stop, (done) => {
    const timer = setTimeout(done, milliseconds);
    return () => clearTimeout(timer);
  });
}

/** Calls back at the next frame, unless cancelled by the function returned. */
function onFrame(video: HTMLVideoElement, callback: () => void): () => void {
  const heard: boolean = 'requestVideoFrameCallback' in video;
  if (heard) {
    const handle = video.requestVideoFrameCallback(callback);
    return () => video.cancelVideoFrameCallback(handle);
  }
  const { currentTime } = video;
  const look = () => {
    if (video.currentTime === currentTime) handle = requestAnimationFrame(look);
    else callback();
  };
  let handle = requestAnimationFrame(look);
  return () => cancelAnimationFrame(handle);
}

/** Resolves when `start` calls `done` or `stop` aborts; then calls what `start` returned, which cleans up. */
function until(stop: AbortSignal, start: (done: () => void) => () => void): Promise<void> {
  return new Promise((resolve) => {
    if (stop.aborted) return resolve();
    const end = () => {
      stop.removeEventListener('abort', end);
      cleanUp();
      resolve();
    };
    const cleanUp = start(end);
    stop.addEventListener('abort', end);
  });
}
