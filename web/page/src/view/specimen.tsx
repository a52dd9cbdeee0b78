import '../photo/tools.css';
import { copy } from '../copy/index.js';
import { sizeOf } from '../photo/region.js';
import { RegionLayer } from '../photo/region-layer.js';
import { Tools } from '../photo/tools.js';
import type { Photo } from '../state/photo.js';
import { specimen } from '../state/specimen.js';
import { where } from '../where/hooks.js';
import { Invitation, PasteHint } from './invitation.js';
import { PhotoView } from './photo-view.js';
import { Picker } from './picker.js';

/** The photo on its sheet, with a ruler and a caption as in a field guide. */
export function Specimen() {
  const state = specimen.value;
  const photo = state.kind === 'empty' ? null : state.photo;
  const size = state.kind === 'empty' ? undefined : sizeOf(state);
  return (
    <section class="specimen" aria-label={copy.value.pickLabel}>
      <div class="sheet">
        <div class="stage">
          {photo ? (
            <PhotoView key={photo.number} photo={photo} />
          ) : (
            <span class="corners" aria-hidden="true" />
          )}
          {photo && size && <RegionLayer key={photo.number} size={size} />}
        </div>
        <div class="ruler" aria-hidden="true" />
      </div>
      <div class="caption">
        {photo ? <Caption photo={photo} /> : <Invitation />}
        <Picker again={photo !== null} />
        {!photo && <PasteHint />}
      </div>
      <Tools />
      {where.value && <where.value.SeveralThings />}
    </section>
  );
}

function Caption({ photo }: { photo: Photo }) {
  const state = specimen.value;
  const image = state.kind === 'done' ? state.result.image : null;
  return (
    <p class="caption-text">
      <span class="caption-figure">{copy.value.figure(photo.number)}</span>
      <span class="caption-name" title={photo.name ?? undefined}>
        {photo.name ?? copy.value.pasted}
      </span>
      {image && <span class="caption-size">{copy.value.pixels(image.width, image.height)}</span>}
    </p>
  );
}
