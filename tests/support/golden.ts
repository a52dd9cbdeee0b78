import type chelsea from '../fixtures/golden/lite0/chelsea.json';

/** What PyTorch answers about a photo: tests/fixtures/golden/lite0/PHOTO.json. */
export type Golden = typeof chelsea;
