import { upload } from './shiwu-page.js';

const fixture = (name: string) => new URL(`../../fixtures/photos/${name}`, import.meta.url);

export const chelsea = upload(fixture('chelsea.png'), 'image/png');
export const coffee = upload(fixture('coffee.png'), 'image/png');
export const jpeg = upload(
  new URL('../../../web/page/public/samples/coffee.jpg', import.meta.url),
  'image/jpeg',
);

/** tabby, tiger cat, Persian, Siamese, Egyptian */
export const CATS = ['n02123045', 'n02123159', 'n02123394', 'n02123597', 'n02124075'];

/** espresso, cup, coffee mug */
export const CUPS = ['n07920052', 'n07930864', 'n03063599'];
