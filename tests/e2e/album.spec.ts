// classifyMany, cancelling and lifetimes in real Chromium, with real workers.
import { expect, test } from './support/library-page.js';

test('an album gives the answers that its pictures get alone, in order', async ({
  page,
  openClassifier,
}) => {
  let workers = 0;
  page.on('worker', (worker) => {
    if (worker.url().endsWith('/worker.js')) workers++;
  });
  await openClassifier();
  const result = await page.evaluate(async () => {
    const photos = [await window.photo('chelsea.png'), await window.photo('coffee.png')];
    const alone = await Promise.all(photos.map((photo) => window.classifier.classify(photo)));
    const bad = new Blob(['no photo']);
    const inputs = [...Array(4).keys()].flatMap(() => [...photos, bad]);
    const progress: string[] = [];
    const rows: { index: number; same: boolean; input: boolean; error: string | undefined }[] = [];
    for await (const { index, input, result, error } of window.classifier.classifyMany(inputs, {
      concurrency: 2,
      onProgress: ({ done, failed, total }) => progress.push(`${done} ${failed} ${total}`),
    })) {
      const expected = alone[index % 3]?.predictions.map(({ id, score }) => `${id} ${score}`);
      const found = result?.predictions.map(({ id, score }) => `${id} ${score}`);
      rows.push({
        index,
        same: String(found) === String(expected),
        input: input === inputs[index],
        error: error?.code,
      });
    }
    return { rows, last: progress.at(-1) };
  });
  expect(result.rows.map(({ index }) => index)).toEqual([...Array(12).keys()]);
  expect(result.rows.every(({ input }) => input)).toBe(true);
  for (const { index, same, error } of result.rows) {
    if (index % 3 === 2) expect(error).toBe('unsupported-format');
    else expect(same, `picture ${index}`).toBe(true);
  }
  expect(result.last).toBe('12 4 12');
  // With a thread of its own for the first classifier's worker, the album starts two of one thread.
  await expect.poll(() => workers).toBeGreaterThanOrEqual(2);
  // What only the album needed is given back.
  await expect.poll(() => page.workers().length).toBe(1);
});

test('leaving an album early frees the classifier for the next call', async ({
  page,
  openClassifier,
}) => {
  await openClassifier();
  const result = await page.evaluate(async () => {
    const photo = await window.photo('chelsea.png');
    function* forever() {
      for (;;) yield photo;
    }
    let count = 0;
    for await (const { error } of window.classifier.classifyMany(forever())) {
      if (error) throw error;
      if (++count === 5) break;
    }
    return { count, after: await window.codeOf(window.classifier.classify(photo)) };
  });
  expect(result).toEqual({ count: 5, after: 'resolved' });
});

for (const { when, arrow, size } of [
  // Large enough to be decoded for longer than a worker is given to hear of it.
  { when: 'in mid-decode', arrow: 'decode', size: [10_000, 10_000] },
  { when: 'in mid-inference', arrow: 'inference', size: [600, 400] },
] as const) {
  test(`an abort ${when} rejects within 100 ms, and the next call works`, async ({
    page,
    openClassifier,
  }) => {
    test.slow();
    await openClassifier({ threads: 1 });
    const [before] = page.workers();
    const photo = await page.evaluateHandle(async ([width, height]) => {
      const bitmap = await createImageBitmap(await window.photo('coffee.png'));
      const canvas = new OffscreenCanvas(width, height);
      canvas.getContext('2d')?.drawImage(bitmap, 0, 0, width, height);
      return canvas.convertToBlob({ type: 'image/jpeg', quality: 0.9 });
    }, size);
    const codes: string[] = [];
    const waits: number[] = [];
    // A machine with much else to do may be late for once.
    const isPrompt = () => Math.min(...waits) < 100;
    const isDone = () =>
      // Deep inside a long decode nothing hears a cancel: that worker is ended, and replaced.
      arrow === 'decode' ? page.workers()[0] !== before : codes.includes('aborted');
    for (const part of [0.3, 0.5, 0.4, 0.2, 0.6, 0.1]) {
      const { code, waited, next } = await page.evaluate(
        async ({ photo, arrow, part }) => {
          // When that arrow is under way: how fast a machine is, it says itself.
          const { timings } = await window.classifier.classify(photo, { precision: 'exact' });
          const begin = timings.queue + (arrow === 'decode' ? 0 : timings.decode);
          const stop = new AbortController();
          const options = { signal: stop.signal, precision: 'exact' } as const;
          const call = window.codeOf(window.classifier.classify(photo, options));
          await new Promise((resolve) => setTimeout(resolve, begin + part * timings[arrow]));
          const start = performance.now();
          stop.abort();
          const code = await call;
          const waited = performance.now() - start;
          return { code, waited, next: await window.codeOf(window.classifier.classify(photo)) };
        },
        { photo, arrow, part },
      );
      expect(next).toBe('resolved');
      // One that was faster this time had ended before it was given up.
      expect(['aborted', 'resolved']).toContain(code);
      if (code === 'aborted') waits.push(waited);
      codes.push(code);
      // A worker that was ended in mid-work is gone when it comes to hear of it.
      await expect.poll(() => page.workers().length).toBe(1);
      if (isDone() && isPrompt()) break;
    }
    expect(isDone(), String(codes)).toBe(true);
    expect(isPrompt(), String(waits)).toBe(true);
  });
}

test('an abort in mid-album rejects within 100 ms and leaves no worker once disposed', async ({
  page,
  openClassifier,
}) => {
  await openClassifier();
  const result = await page.evaluate(async () => {
    const photo = await window.photo('chelsea.png');
    const codes: (string | undefined)[] = [];
    const waits: number[] = [];
    // A machine with much else to do may be late for once.
    while (codes.length < 3 && !waits.some((waited) => waited < 100)) {
      const stop = new AbortController();
      const album = window.classifier.classifyMany(Array(1000).fill(photo) as Blob[], {
        concurrency: 3,
        signal: stop.signal,
      });
      await album.next();
      const second = window.codeOf(
        (async () => {
          for await (const one of album) if (one.error) throw one.error;
        })(),
      );
      await new Promise((resolve) => setTimeout(resolve, 300));
      const start = performance.now();
      stop.abort();
      codes.push(await second);
      waits.push(performance.now() - start);
    }
    const next = await window.codeOf(window.classifier.classify(photo));
    await window.classifier.dispose();
    return { codes, waits, next };
  });
  expect(new Set(result.codes)).toEqual(new Set(['aborted']));
  expect(result.next).toBe('resolved');
  expect(Math.min(...result.waits)).toBeLessThan(100);
  await expect.poll(() => page.workers().length).toBe(0);
});

test('classifiers of the same model share it until the last one goes', async ({
  page,
  openClassifier,
}) => {
  await openClassifier({ threads: 1 });
  const result = await page.evaluate(async () => {
    const photo = await window.photo('chelsea.png');
    const second = await window.shiwu.createClassifier({ threads: 1 });
    const other = await window.shiwu.createClassifier({ threads: 1, idleTimeout: 5000 });
    await other.dispose();
    await window.classifier.dispose();
    const gone = await window.codeOf(window.classifier.classify(photo));
    const alive = await window.codeOf(second.classify(photo));
    return { gone, alive };
  });
  expect(result).toEqual({ gone: 'disposed', alive: 'resolved' });
  await expect.poll(() => page.workers().length).toBe(1);
});

test('a classifier that is disposed takes only its own calls with it', async ({
  page,
  openClassifier,
}) => {
  await openClassifier();
  const codes = await page.evaluate(async () => {
    const photo = await window.photo('chelsea.png');
    const second = await window.shiwu.createClassifier();
    const mine = window.codeOf(window.classifier.classify(photo));
    const theirs = window.codeOf(second.classify(photo));
    await window.classifier.dispose();
    return [await mine, await theirs];
  });
  expect(codes).toEqual(['disposed', 'resolved']);
});

test('idle workers end, and come back with the next call', async ({ page, openClassifier }) => {
  await openClassifier({ threads: 1, idleTimeout: 200 });
  await expect.poll(() => page.workers().length).toBe(0);
  const again = await page.evaluate(async () => {
    const { predictions } = await window.classifier.classify(await window.photo('chelsea.png'));
    return predictions[0]?.index;
  });
  expect(again).toBe(285);
});

test('loading can be given up, and begun again', async ({ page, openClassifier }) => {
  await openClassifier(null);
  const codes = await page.evaluate(async () => {
    const stop = new AbortController();
    const first = window.codeOf(window.shiwu.createClassifier({ signal: stop.signal }));
    // Who shares the loading is not given up with it.
    const second = window.shiwu.createClassifier();
    stop.abort();
    const classifier = await second;
    const works = await window.codeOf(classifier.classify(await window.photo('chelsea.png')));
    return [await first, works];
  });
  expect(codes).toEqual(['aborted', 'resolved']);
});

test.describe('threads', () => {
  test('one core is left to others where the page is isolated', async ({
    page,
    openClassifier,
  }) => {
    await openClassifier({ engine: 'ort' });
    const [threads, cores] = await page.evaluate(() => [
      window.classifier.info.threads,
      navigator.hardwareConcurrency,
    ]);
    expect(threads).toBe(Math.max(1, Math.min((cores as number) - 1, 4)));
  });

  test.describe('without isolation', () => {
    test.use({ isolated: false });
    test('one, whatever is asked for', async ({ page, openClassifier }) => {
      await openClassifier({ engine: 'ort', threads: 4 });
      expect(await page.evaluate(() => window.classifier.info.threads)).toBe(1);
    });
  });
});

test('without a GPU, WebGPU is dropped with a warning and wasm answers', async ({
  page,
  openClassifier,
}) => {
  await openClassifier(null);
  const result = await page.evaluate(async () => {
    const warnings: string[] = [];
    const classifier = await window.shiwu.createClassifier({
      backend: 'webgpu',
      onWarning: (message) => warnings.push(message),
    });
    const { predictions } = await classifier.classify(await window.photo('chelsea.png'));
    return { warnings, backend: classifier.info.backend, index: predictions[0]?.index };
  });
  expect(result).toEqual({
    warnings: ['WebGPU is not used: Error: the browser offers no GPU'],
    backend: 'wasm',
    index: 285,
  });
});
