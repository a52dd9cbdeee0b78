/** What a video element plays, and whether that is over. */

/** Whether anything is set to be played. */
export function hasSource(video: HTMLVideoElement): boolean {
  return video.networkState !== HTMLMediaElement.NETWORK_EMPTY;
}

/** Whether the film is at its end, or the camera off. */
export function hasEnded(video: HTMLVideoElement): boolean {
  if (video.ended) return true;
  const stream = video.srcObject;
  // Not instanceof: it may be an iframe's.
  if (!stream || !('getVideoTracks' in stream)) return false;
  const tracks = stream.getVideoTracks();
  return tracks.length > 0 && tracks.every(({ readyState }) => readyState === 'ended');
}
