import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { launchOptions } from './browser.js';

const frame = readFileSync(new URL('../../fixtures/encoded/chelsea-frame.jpg', import.meta.url));

/** For test.use: a browser whose camera sees a cat. Motion JPEG is one JPEG after the other. */
export function cameraSeesACat(name: string) {
  const film = fileURLToPath(new URL(`../../../build/${name}.mjpeg`, import.meta.url));
  mkdirSync(new URL('../../../build', import.meta.url), { recursive: true });
  const frames = Buffer.concat(Array.from({ length: 10 }, () => frame));
  // Another process's browser may be reading it.
  if (!existsSync(film) || !readFileSync(film).equals(frames)) writeFileSync(film, frames);
  const options = launchOptions({ whole: true });
  return {
    launchOptions: {
      ...options,
      args: [
        ...options.args,
        '--use-fake-device-for-media-stream',
        `--use-file-for-fake-video-capture=${film}`,
      ],
    },
  };
}
