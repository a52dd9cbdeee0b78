import type { LoadProgress } from 'shiwu';
import { megabytes } from '../answer/format.js';
import { copy } from '../copy/index.js';
import { inOneFile } from '../state/edition.js';
import { specimen } from '../state/specimen.js';

/** The first load: real megabytes on a ruler. */
export function ModelProgress({ progress }: { progress: LoadProgress | null }) {
  const words = copy.value;
  const starting = progress !== null && progress.stage !== 'download';
  // In shiwu.html it is there, and only unpacked.
  const waiting = inOneFile ? words.preparing : words.fetching;
  const share = progress && progress.total > 0 ? Math.min(1, progress.loaded / progress.total) : 0;
  return (
    <div class="progress" data-testid="progress">
      <p class="progress-text">
        <span>{starting ? words.starting : waiting}</span>
        <span class="progress-bytes" data-testid="progress-bytes">
          {bytes(progress)}
        </span>
      </p>
      <div
        class="track"
        role="progressbar"
        aria-label={waiting}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(share * 100)}
        aria-valuetext={bytes(progress) || undefined}
      >
        <div class="track-fill" style={{ transform: `scaleX(${share})` }} />
      </div>
      {!inOneFile && (
        <p class="progress-once">
          {/* Nobody need wait before putting a photo in. */}
          {specimen.value.kind === 'empty' ? words.preparingMeanwhile : words.preparingOnce}
        </p>
      )}
    </div>
  );
}

function bytes(progress: LoadProgress | null): string {
  if (!progress) return '';
  const loaded = megabytes(progress.loaded);
  return progress.total > 0
    ? copy.value.megabytes(loaded, megabytes(progress.total))
    : copy.value.megabytesOnly(loaded);
}
