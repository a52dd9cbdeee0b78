import { copy } from '../copy/index.js';
import { exchangeModel } from '../state/exchange.js';
import { photoFromFile } from '../state/photo.js';
import { examine, notice } from '../state/specimen.js';

/** An ONNX file begins with nothing that tells it from another: its name decides. */
const isModel = (file: File) => /\.onnx$/i.test(file.name);

/**
 * Takes the first model and the first picture of what was handed over; the picture waits for the
 * model. A file that only claims to be something else is tried as a picture too: the bytes decide,
 * not the name.
 */
export function acceptFiles(files: Iterable<File>, options: { named: boolean }): void {
  const all = [...files];
  const models = all.filter(isModel);
  const others = all.filter((file) => !isModel(file));
  const picture = others.find((file) => file.type.startsWith('image/')) ?? others[0];
  if (all.length === 0) notice.value = copy.value.noPhoto;
  if (models[0]) exchangeModel(models[0]);
  if (picture) examine(photoFromFile(picture, options.named));
  if (models.length > 1) notice.value = copy.value.onlyFirstModel(models.length);
  if (others.length > 1) notice.value = copy.value.onlyFirst(others.length);
}
