import { useState } from 'preact/hooks';
import { copy } from '../copy/index.js';
import type { Photo } from '../state/photo.js';
import { Picture } from './picture.js';

/** The preview, at once; what the browser can't show says so and is tried all the same. */
export function PhotoView({ photo }: { photo: Photo }) {
  const [broken, setBroken] = useState(false);
  const words = copy.value;
  if (broken) {
    return (
      <div class="photo-broken" data-testid="preview-broken">
        <span class="corners" aria-hidden="true" />
        <p>{words.noPreview}</p>
      </div>
    );
  }
  return (
    <Picture
      class="photo"
      data-testid="preview"
      of={photo.picture.value}
      alt={words.photoAlt(photo.name ?? words.pasted)}
      onError={() => setBroken(true)}
    />
  );
}
