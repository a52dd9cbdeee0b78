import { copy } from '../copy/index.js';
import { exchangeModel } from '../state/exchange.js';
import { type Found, putInInbox } from '../state/inbox.js';
import { photoFromFile } from '../state/photo.js';
import { goTo, place } from '../state/place.js';
import { examine, notice } from '../state/specimen.js';
import { collectChosen } from './collect.js';
import { isPicture } from './pictures.js';

/** An ONNX file begins with nothing that tells it from another: its name decides. */
const isModel = (file: File) => /\.onnx$/i.test(file.name);

/**
 * Takes the first model of what was handed over; a picture waits for it. One picture is laid on the
 * table, several go to the album, and so does one that is put into the album's room. A single file that
 * only claims to be something else is tried as a picture too: the bytes decide, not the name.
 */
export function acceptFiles(files: Iterable<File>, options: { named: boolean }): void {
  const all = [...files];
  const models = all.filter(isModel);
  const others = all.filter((file) => !isModel(file));
  const pictures = others.filter((file) => isPicture(file.name, file.type));
  const picture = pictures[0] ?? others[0];
  if (all.length === 0) notice.value = copy.value.noPhoto;
  if (models[0]) exchangeModel(models[0]);
  if (pictures.length > 1 || (picture && place.value === 'album')) {
    acceptForAlbum(collectChosen(others));
  } else if (picture) {
    goTo('photo');
    examine(photoFromFile(picture, options.named));
    if (others.length > 1) notice.value = copy.value.onlyFirst(others.length);
  }
  if (models.length > 1) notice.value = copy.value.onlyFirstModel(models.length);
}

/** Many photos, such as a folder's: to the album's room. */
export function acceptForAlbum(found: readonly Found[]): void {
  putInInbox(found);
  goTo('album');
}
