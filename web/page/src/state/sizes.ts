import { bytes } from 'virtual:sizes';
import { fileSize } from '../answer/format.js';

/** How much there is to download: the one place where the page knows it. */
export const sizes = {
  fast: fileSize(bytes.fast),
  accurate: fileSize(bytes.accurate),
  ort: fileSize(bytes.ort),
  webgpu: fileSize(bytes.webgpu),
};
