// The photos that are measured, made once and kept in build/bench.
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { at, Trouble } from '../../../scripts/lib/project.mjs';
import { withPage } from './chromium.mjs';
import { host } from './host.mjs';

const FOLDER = at('build/bench/photos');
const PICTURES = [
  '/samples/cat.jpg',
  '/samples/coffee.jpg',
  '/fixtures/palace.jpg',
  '/fixtures/cameraman.jpg',
];
/** Of an album's photos when no folder is given: what messengers make of a photo. */
const ALBUM_MEGAPIXELS = 0.8;

/** 4:3, with sides that no decoder's blocks divide. */
function sides(megapixels) {
  const height = Math.round(Math.sqrt((megapixels * 1e6 * 3) / 4));
  return { width: Math.round((height * 4) / 3), height };
}

/** Draws what is not there yet; gives the paths. */
async function draw(wanted) {
  mkdirSync(FOLDER, { recursive: true });
  const missing = wanted.filter(({ path }) => !existsSync(path));
  if (missing.length > 0) {
    console.info(`drawing ${missing.length} photos into build/bench/photos`);
    const server = await host(
      {
        '/bench/': at('tests/bench/'),
        '/samples/': at('web/page/public/samples/'),
        '/fixtures/': at('tests/fixtures/photos/'),
      },
      false,
    );
    try {
      await withPage(server.url, [], async (page) => {
        for (const { path, ...photo } of missing) {
          const base64 = await page.evaluate(
            async (each) => (await import('/bench/page/photos.mjs')).draw(each),
            photo,
          );
          writeFileSync(path, Buffer.from(base64, 'base64'));
        }
      });
    } finally {
      server.close();
    }
  }
  return wanted.map(({ path }) => path);
}

/** One photo of so many megapixels; its path. */
export async function photoOf(megapixels) {
  const path = join(FOLDER, `${megapixels}mp.jpg`);
  await draw([{ path, picture: '/samples/cat.jpg', ...sides(megapixels), seed: 1 }]);
  return path;
}

const PHOTO = /\.(jpe?g|png|gif|bmp)$/i;

/** So many photos, of a folder if given (again from its start when it has fewer), else drawn; their paths. */
export async function albumOf(count, folder) {
  if (folder) {
    const from = resolve(folder);
    const names = readdirSync(from).filter((name) => PHOTO.test(name));
    if (names.length === 0) throw new Trouble(`no photos in ${folder}`);
    return Array.from({ length: count }, (_, i) => join(from, names[i % names.length]));
  }
  // No more than this are drawn; larger albums go round.
  const different = Math.min(count, 300);
  const drawn = await draw(
    Array.from({ length: different }, (_, i) => ({
      path: join(FOLDER, `album-${i}.jpg`),
      picture: PICTURES[i % PICTURES.length],
      ...sides(ALBUM_MEGAPIXELS),
      seed: i + 2,
    })),
  );
  return Array.from({ length: count }, (_, i) => drawn[i % different]);
}

export const megabytes = (path) => statSync(path).size / 1e6;

/** Addresses of photos in the page, and the mounts by which a host finds them. */
export function mounted(paths) {
  const places = new Map([...new Set(paths)].map((path, i) => [path, `/photos/${i}`]));
  const mounts = Object.fromEntries([...places].map(([path, url]) => [url, path]));
  return { urls: paths.map((path) => places.get(path)), mounts };
}
