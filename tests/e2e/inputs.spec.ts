// Everything that holds a picture, in real Chromium: what it is named, and what is said when it
// cannot be read.
import { fileURLToPath } from 'node:url';
import { expect, type Page, test } from '@playwright/test';
import { serve } from '../support/serve.mjs';
import { serveOtherOrigin } from './support/other-origin.js';
import { CATS } from './support/photos.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

type Library = typeof import('../../web/src/index.js');
interface Seen {
  /** Id of the best class, or the code of the error. */
  readonly first: string;
  readonly size?: string;
  readonly decoder?: string | null;
  readonly detail?: string;
}
interface InputPage {
  look(input: unknown, signal?: AbortSignal): Promise<Seen>;
  photo(name: string): Promise<Blob>;
  image(src: string): Promise<HTMLImageElement>;
  /** The cat on a canvas. */
  canvas(): Promise<HTMLCanvasElement>;
}
declare global {
  interface Window {
    inputs: InputPage;
  }
}

let server: Awaited<ReturnType<typeof serve>>;
let other: Awaited<ReturnType<typeof serveOtherOrigin>>;
let page: Page;

// One page and one classifier for all: an input must not spoil the next.
test.beforeAll(async ({ browser }) => {
  server = await serve(root);
  other = await serveOtherOrigin();
  page = await browser.newPage();
  await page.goto(server.url);
  await page.evaluate(async () => {
    const url = '/dist/index.js';
    const { createClassifier, ShiwuError } = (await import(url)) as Library;
    const classifier = await createClassifier();
    const photo = async (name: string) => (await fetch(`/tests/fixtures/${name}`)).blob();
    const image = async (src: string) => {
      const element = new Image();
      element.src = src;
      await element.decode();
      return element;
    };
    window.inputs = {
      photo,
      image,
      look: async (input, signal) => {
        try {
          const options = signal ? { topK: 1, signal } : { topK: 1 };
          const { predictions, image } = await classifier.classify(input as Blob, options);
          const { width, height, decoder } = image;
          return { first: predictions[0]?.id ?? '', size: `${width}x${height}`, decoder };
        } catch (error) {
          if (!(error instanceof ShiwuError)) throw error;
          return { first: error.code, detail: error.detail };
        }
      },
      canvas: async () => {
        const element = document.createElement('canvas');
        const bitmap = await createImageBitmap(await photo('photos/chelsea.png'));
        element.width = bitmap.width;
        element.height = bitmap.height;
        element.getContext('2d')?.drawImage(bitmap, 0, 0);
        return element;
      },
    };
  });
});

test.afterAll(async () => {
  await page.close();
  server.close();
  other.close();
});

const cat = (seen: Seen, size: string, decoder: string | null) => {
  expect(seen).toMatchObject({ size, decoder });
  expect(CATS).toContain(seen.first);
};

test.describe('addresses', () => {
  test('relative, absolute, URL objects, blob: and data: are fetched', async () => {
    const seen = await page.evaluate(async () => {
      const { look, photo } = window.inputs;
      const blob = await photo('encoded/chelsea.webp');
      const bytes = new Uint8Array(await blob.arrayBuffer());
      const binary = String.fromCharCode(...bytes);
      const base64 = btoa(binary);
      const folder = '/tests/fixtures/encoded/';
      const blobUrl = URL.createObjectURL(blob);
      const all = [
        `${folder}chelsea.webp`,
        new URL(`${folder}chelsea.webp`, location.href),
        new URL(`${folder}chelsea.webp`, location.href).href,
        blobUrl,
        `data:image/webp;base64,${base64}`,
        `data:;charset=x;BASE64,${encodeURIComponent(base64)}`,
        `data:image/webp,${[...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')}`,
      ];
      return Promise.all(all.map((each) => look(each)));
    });
    expect(seen).toHaveLength(7);
    for (const each of seen) cat(each, '451x300', 'browser');
  });

  test('another origin is read where it allows it', async () => {
    const open = await page.evaluate((url) => window.inputs.look(url), `${other.url}open.png`);
    cat(open, '451x300', 'shiwu');
  });

  test('another origin that does not is named, and CORS with it', async () => {
    const url = `${other.url}shut.png`;
    const shut = await page.evaluate((address) => window.inputs.look(address), url);
    expect(shut.first).toBe('unreadable-input');
    expect(shut.detail).toContain(url);
    expect(shut.detail).toContain('CORS');
    expect(shut.detail).toContain('Access-Control-Allow-Origin');
  });

  test('no host, no file, a broken server and nonsense each say so', async () => {
    const nobody = 'http://127.0.0.1:9/x.png';
    const seen = await page.evaluate(
      async ({ otherUrl, dead }) => {
        const { look } = window.inputs;
        const revoked = URL.createObjectURL(new Blob(['x']));
        URL.revokeObjectURL(revoked);
        return {
          dead: await look(dead),
          missing: await look('/nowhere.png'),
          gone: await look(`${otherUrl}410`),
          broken: await look(`${otherUrl}503`),
          nonsense: await look('http://'),
          revoked: await look(revoked),
          data: await look('data:image/png;base64,!!!'),
          text: await look('data:,hello there, this is no picture at all'),
        };
      },
      { otherUrl: other.url, dead: nobody },
    );
    expect(
      Object.fromEntries(Object.entries(seen).map(([key, { first }]) => [key, first])),
    ).toEqual({
      dead: 'network',
      missing: 'not-found',
      gone: 'not-found',
      broken: 'network',
      nonsense: 'invalid-argument',
      revoked: 'unreadable-input',
      data: 'unreadable-input',
      text: 'unsupported-format',
    });
    expect(seen.dead.detail).toContain(nobody);
    expect(seen.missing.detail).toBe(`404: ${server.url}nowhere.png`);
    expect(seen.broken.detail).toBe(`503: ${other.url}503`);
  });

  test('the signal ends a download', async () => {
    const result = await page.evaluate(async (url) => {
      const ends: (string | undefined)[] = [];
      const waits: number[] = [];
      // A machine with much else to do may be late for once.
      while (waits.length < 3 && !waits.some((waited) => waited < 100)) {
        const controller = new AbortController();
        const looking = window.inputs.look(url, controller.signal);
        await new Promise((resolve) => setTimeout(resolve, 200));
        const start = performance.now();
        controller.abort();
        ends.push((await looking).first);
        waits.push(performance.now() - start);
      }
      return { ends, waits };
    }, `${other.url}endless.png`);
    expect(new Set(result.ends)).toEqual(new Set(['aborted']));
    expect(Math.min(...result.waits)).toBeLessThan(100);
  });
});

test.describe('elements', () => {
  test('<img>: loaded, loading, turned by EXIF, of twice the density', async () => {
    const seen = await page.evaluate(async () => {
      const { look, image } = window.inputs;
      const loading = new Image();
      loading.src = '/tests/fixtures/photos/chelsea.png?loading';
      const dense = new Image();
      dense.srcset = '/tests/fixtures/photos/chelsea.png 2x';
      return {
        loaded: await look(await image('/tests/fixtures/photos/chelsea.png')),
        loading: await look(loading),
        dense: await look(dense),
        turned: await look(await image('/tests/fixtures/orientation/6-le.jpg')),
      };
    });
    cat(seen.loaded, '451x300', null);
    cat(seen.loading, '451x300', null);
    cat(seen.dense, '451x300', null);
    expect(seen.turned.size).toBe('26x18');
  });

  test('<img>: SVG with and without a size', async () => {
    const sizes = await page.evaluate(async () => {
      const { look, image } = window.inputs;
      const svg = (attributes: string) =>
        image(
          `data:image/svg+xml,${encodeURIComponent(
            `<svg xmlns="http://www.w3.org/2000/svg" ${attributes}><circle r="9"/></svg>`,
          )}`,
        );
      const [sized, wide, bare] = await Promise.all(
        ['width="64" height="48"', 'viewBox="0 0 20 10"', ''].map(svg),
      );
      return [(await look(sized)).size, (await look(wide)).size, (await look(bare)).size];
    });
    expect(sizes).toEqual(['64x48', '512x256', '512x256']);
  });

  test('<img>: without src, broken, of another origin, never loading', async () => {
    const seen = await page.evaluate(async (otherUrl) => {
      const { look, image } = window.inputs;
      const broken = new Image();
      broken.src = '/nowhere.png';
      const endless = new Image();
      endless.src = `${otherUrl}endless.png`;
      const controller = new AbortController();
      setTimeout(() => controller.abort(), 100);
      return {
        none: await look(new Image()),
        broken: await look(broken),
        tainted: await look(await image(`${otherUrl}shut.png`)),
        endless: await look(endless, controller.signal),
      };
    }, other.url);
    expect(seen.none).toEqual({ first: 'unreadable-input', detail: 'the <img> has no src' });
    expect(seen.broken.first).toBe('unreadable-input');
    expect(seen.broken.detail).toContain(`${server.url}nowhere.png`);
    expect(seen.tainted.first).toBe('unreadable-input');
    expect(seen.tainted.detail).toContain('CORS');
    expect(seen.endless.first).toBe('aborted');
  });

  test('<canvas>: 2d, WebGL, offscreen, empty, tainted', async () => {
    const seen = await page.evaluate(async (otherUrl) => {
      const { look, image, canvas } = window.inputs;
      const drawn = await canvas();
      const offscreen = new OffscreenCanvas(451, 300);
      offscreen.getContext('2d')?.drawImage(drawn, 0, 0);
      const tainted = document.createElement('canvas');
      tainted.getContext('2d')?.drawImage(await image(`${otherUrl}shut.png`), 0, 0);

      const painted = document.createElement('canvas');
      painted.width = 451;
      painted.height = 300;
      const gl = painted.getContext('webgl');
      if (!gl) throw new Error('no WebGL');
      const texture = gl.createTexture();
      gl.bindTexture(gl.TEXTURE_2D, texture);
      gl.pixelStorei(gl.UNPACK_FLIP_Y_WEBGL, true);
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, drawn);
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR);
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
      const program = gl.createProgram();
      const add = (type: number, source: string) => {
        const shader = gl.createShader(type);
        if (!shader) throw new Error('no shader');
        gl.shaderSource(shader, source);
        gl.compileShader(shader);
        gl.attachShader(program, shader);
      };
      add(
        gl.VERTEX_SHADER,
        'attribute vec2 at; varying vec2 uv; void main() { uv = at * .5 + .5; gl_Position = vec4(at, 0, 1); }',
      );
      add(
        gl.FRAGMENT_SHADER,
        'precision mediump float; uniform sampler2D s; varying vec2 uv; void main() { gl_FragColor = texture2D(s, uv); }',
      );
      gl.linkProgram(program);
      gl.useProgram(program);
      gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
      const corners = new Float32Array([-1, -1, 1, -1, -1, 1, 1, 1]);
      gl.bufferData(gl.ARRAY_BUFFER, corners, gl.STATIC_DRAW);
      const at = gl.getAttribLocation(program, 'at');
      gl.enableVertexAttribArray(at);
      gl.vertexAttribPointer(at, 2, gl.FLOAT, false, 0, 0);
      gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);

      return {
        webgl: await look(painted), // in the task that drew it
        drawn: await look(drawn),
        offscreen: await look(offscreen),
        empty: await look(document.createElement('canvas')),
        flat: await look(new OffscreenCanvas(0, 5)),
        tainted: await look(tainted),
        stillThere: drawn.getContext('2d')?.getImageData(200, 150, 1, 1).data[3],
      };
    }, other.url);
    cat(seen.webgl, '451x300', null);
    cat(seen.drawn, '451x300', null);
    cat(seen.offscreen, '451x300', null);
    expect(seen.empty.size).toBe('300x150');
    expect(seen.flat).toEqual({
      first: 'unreadable-input',
      detail: 'the canvas has 0 x 5 pixels',
    });
    expect(seen.tainted.first).toBe('unreadable-input');
    expect(seen.tainted.detail).toContain('CORS');
    expect(seen.stillThere).toBe(255);
  });

  test('<video>: its frame of now, and none yet', async () => {
    const seen = await page.evaluate(async () => {
      const { look, canvas } = window.inputs;
      const screen = await canvas();
      const video = document.createElement('video');
      video.muted = true;
      const early = await look(video);
      video.srcObject = screen.captureStream();
      const context = screen.getContext('2d');
      const timer = setInterval(() => context?.fillRect(0, 0, 1, 1), 20);
      await video.play();
      const playing = await look(video);
      video.pause();
      const paused = await look(video);
      clearInterval(timer);
      return { early, playing, paused, readyState: video.readyState };
    });
    expect(seen.early.first).toBe('unreadable-input');
    expect(seen.early.detail).toContain('readyState 0');
    expect(seen.early.detail).toContain('loadeddata');
    cat(seen.playing, '451x300', null);
    cat(seen.paused, '451x300', null);
    expect(seen.readyState).toBeGreaterThanOrEqual(2);
  });

  test('elements of an iframe count as well', async () => {
    const seen = await page.evaluate(async () => {
      const { look, photo } = window.inputs;
      const frame = document.createElement('iframe');
      document.body.append(frame);
      const inner = frame.contentWindow as Window & typeof globalThis;
      const bytes = await (await photo('photos/chelsea.png')).arrayBuffer();
      const image = new inner.Image();
      image.src = '/tests/fixtures/photos/chelsea.png';
      await image.decode();
      const foreign = inner.Uint8Array.from(new Uint8Array(bytes));
      const result = [await look(foreign), await look(foreign.buffer), await look(image)];
      frame.remove();
      return result;
    });
    cat(seen[0] as Seen, '451x300', 'shiwu');
    cat(seen[1] as Seen, '451x300', 'shiwu');
    cat(seen[2] as Seen, '451x300', null);
  });
});

test.describe('frames and bitmaps', () => {
  test('VideoFrame: as displayed, and left open', async () => {
    const seen = await page.evaluate(async () => {
      const { look, canvas } = window.inputs;
      const source = await canvas();
      const frame = new VideoFrame(source, { timestamp: 0 });
      const stretched = new VideoFrame(source, {
        timestamp: 0,
        displayWidth: 902,
        displayHeight: 300,
      });
      const plain = await look(frame);
      const wide = await look(stretched);
      const open = frame.codedWidth;
      frame.close();
      stretched.close();
      return { plain, wide, open, closed: await look(frame) };
    });
    cat(seen.plain, '451x300', null);
    expect(seen.wide.size).toBe('902x300');
    expect(seen.open).toBe(451);
    expect(seen.closed).toEqual({ first: 'unreadable-input', detail: 'the VideoFrame is closed' });
  });

  test('ImageBitmap: left open; a closed one and a tainted one are refused', async () => {
    const seen = await page.evaluate(async (otherUrl) => {
      const { look, image, photo } = window.inputs;
      const bitmap = await createImageBitmap(await photo('photos/chelsea.png'));
      const tainted = await createImageBitmap(await image(`${otherUrl}shut.png`));
      const first = await look(bitmap);
      const width = bitmap.width;
      bitmap.close();
      return { first, width, closed: await look(bitmap), tainted: await look(tainted) };
    }, other.url);
    cat(seen.first, '451x300', null);
    expect(seen.width).toBe(451);
    expect(seen.closed).toEqual({ first: 'unreadable-input', detail: 'the ImageBitmap is closed' });
    expect(seen.tainted.first).toBe('unreadable-input');
  });
});

test.describe('pixels and bytes', () => {
  test('ImageData: 8-bit, Display P3 and float16 are the same cat', async () => {
    const seen = await page.evaluate(async () => {
      const { look, canvas } = window.inputs;
      const context = (await canvas()).getContext('2d') as CanvasRenderingContext2D;
      const ask = (settings: object) => context.getImageData(0, 0, 451, 300, settings);
      const srgb = ask({ colorSpace: 'srgb' });
      const before = srgb.data.slice(0, 1000).join();
      const wide = ask({ colorSpace: 'display-p3' });
      const half = ask({ pixelFormat: 'rgba-float16' });
      return {
        srgb: await look(srgb),
        wide: await look(wide),
        half: await look(half),
        alike: await look({ data: srgb.data, width: 451, height: 300 }),
        short: await look({ data: srgb.data.slice(4), width: 451, height: 300 }),
        kinds: [wide.colorSpace, Object.prototype.toString.call(half.data)],
        unchanged: srgb.data.slice(0, 1000).join() === before,
      };
    });
    expect(seen.kinds).toEqual(['display-p3', '[object Float16Array]']);
    for (const each of [seen.srgb, seen.wide, seen.half, seen.alike]) cat(each, '451x300', null);
    expect(seen.short.first).toBe('invalid-argument');
    expect(seen.unchanged).toBe(true);
  });

  test('bytes: whole, a view of more, shared memory; never moved', async () => {
    const seen = await page.evaluate(async () => {
      const { look, photo } = window.inputs;
      const buffer = await (await photo('photos/chelsea.png')).arrayBuffer();
      const bytes = new Uint8Array(buffer);
      const roomy = new Uint8Array(bytes.length + 200);
      roomy.set(bytes, 100);
      const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
      shared.set(bytes);
      const good = [
        await look(buffer),
        await look(bytes),
        await look(roomy.subarray(100, 100 + bytes.length)),
        await look(shared),
        await look(new File([bytes], 'cat.png')),
      ];
      const lengths = [buffer.byteLength, bytes.length, shared.length];
      structuredClone(buffer, { transfer: [buffer] });
      return {
        good,
        lengths,
        moved: await look(buffer),
        empty: await look(new Uint8Array()),
        rest: [await look(null), await look(7), await look({}), await look(document.body)],
      };
    });
    for (const each of seen.good) cat(each, '451x300', 'shiwu');
    expect(seen.lengths).toEqual([240512, 240512, 240512]);
    expect(seen.moved.first).toBe('unreadable-input');
    expect(seen.empty.first).toBe('empty-input');
    expect(seen.rest.map(({ first, detail }) => `${first} ${detail}`)).toEqual([
      'unsupported-input null',
      'unsupported-input 7',
      'unsupported-input Object',
      'unsupported-input HTMLBodyElement',
    ]);
  });
});

test.describe('formats of the browser', () => {
  test('WebP, AVIF upright whatever way they lie, and only the first of several frames', async () => {
    const seen = await page.evaluate(async () => {
      const { look, photo } = window.inputs;
      const names = ['webp', 'avif'].map((extension) => `encoded/chelsea.${extension}`);
      const all = [...names, 'encoded/chelsea-turned.avif', 'encoded/chelsea-then-coffee.webp'];
      const cut = (await photo('encoded/chelsea.avif')).slice(0, 5000);
      return {
        good: await Promise.all(all.map(async (name) => look(await photo(name)))),
        gif: await look(await photo('encoded/chelsea-then-coffee.gif')),
        cut: await look(cut),
      };
    });
    const [webp, avif, turned, animated] = seen.good as [Seen, Seen, Seen, Seen];
    cat(webp, '451x300', 'browser');
    cat(avif, '451x300', 'browser');
    cat(turned, '451x300', 'browser');
    cat(animated, '225x150', 'browser');
    cat(seen.gif, '225x150', 'shiwu');
    expect(seen.cut.first).toBe('corrupt-image');
  });
});

test('what claims to be huge is not even handed to the browser', async () => {
  const seen = await page.evaluate(async () => {
    const { look, photo } = window.inputs;
    const bytesOf = async (name: string) => new Uint8Array(await (await photo(name)).arrayBuffer());
    // VP8X: three bytes each, less one. AVIF: 32 bits each, behind `ispe` and its version.
    const webp = await bytesOf('encoded/chelsea-then-coffee.webp');
    webp.fill(0xff, 24, 30);
    const avif = await bytesOf('encoded/chelsea.avif');
    const at = new TextDecoder('latin1').decode(avif).indexOf('ispe') + 8;
    avif.set([0, 1, 0, 0, 0, 1, 0, 0], at);
    const files = [webp, avif].map((bytes) => new Blob([bytes]));
    return [...(await Promise.all(files.map((file) => look(file)))), await look(new Blob([webp]))];
  });
  // Decoded first, a browser would have found the one damaged, and made the other.
  expect(seen).toEqual([
    { first: 'image-too-large', detail: '16777216 x 16777216 pixels' },
    { first: 'image-too-large', detail: '65536 x 65536 pixels' },
    { first: 'image-too-large', detail: '16777216 x 16777216 pixels' },
  ]);
  cat(
    await page.evaluate(() => window.inputs.look('/tests/fixtures/encoded/chelsea.webp')),
    '451x300',
    'browser',
  );
});
