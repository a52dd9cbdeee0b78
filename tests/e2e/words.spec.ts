// Pinyin, Traditional names and sentences over the network: asked for by the first call that needs them, once.
import { expect, test } from './support/library-page.js';

const WORDS = '**/models/words.tsv.gz';

test('the file is fetched by the first answer that needs it, and once', async ({
  page,
  openClassifier,
}) => {
  const asked: string[] = [];
  page.on('request', (request) => {
    if (request.url().endsWith('/words.tsv.gz')) asked.push(request.url());
  });
  await openClassifier();
  const plain = await page.evaluate(async () => {
    const { predictions } = await window.classifier.classify(await window.photo('coffee.png'));
    return predictions[0];
  });
  expect(plain).toMatchObject({ label: '浓缩咖啡' });
  expect(plain).not.toHaveProperty('label_pinyin');
  expect(asked).toEqual([]);
  const found = await page.evaluate(async () => {
    const photo = await window.photo('coffee.png');
    const many = [];
    for await (const { result } of window.classifier.classifyMany([photo, photo, photo], {
      topK: 1,
      moreNames: true,
    })) {
      many.push(result?.predictions[0]);
    }
    return {
      many,
      dog: await window.classifier.describe('dog'),
      none: await window.classifier.describe('n99999999'),
    };
  });
  for (const one of found.many) {
    expect(one).toMatchObject({
      label_zh: '浓缩咖啡',
      label_pinyin: 'nóngsuō kāfēi',
      label_zh_hant: '濃縮咖啡',
    });
  }
  expect(found.many).toHaveLength(3);
  expect(found.dog).toMatchObject({ label_zh: '狗', label_pinyin: 'gǒu' });
  expect(found.none).toBeNull();
  expect(asked).toHaveLength(1);

  // Once it is written, which nobody waits for, the next visit has it in the browser's storage.
  await page.evaluate(async () => {
    const { held = [] } = await navigator.locks.query();
    for (const { name } of held) {
      if (name && /^shiwu \w{64}$/.test(name)) await navigator.locks.request(name, () => {});
    }
  });
  await openClassifier();
  const again = await page.evaluate(() => window.classifier.describe('cat'));
  expect(again?.label_pinyin).toBe('māo');
  expect(asked).toHaveLength(1);
});

test('without the file pictures are named all the same, and who asks for it is told why', async ({
  page,
  openClassifier,
}) => {
  await page.route(WORDS, (route) => route.fulfill({ status: 404 }));
  await openClassifier();
  const found = await page.evaluate(async () => {
    const photo = await window.photo('coffee.png');
    const { predictions } = await window.classifier.classify(photo, { moreNames: true });
    return { first: predictions[0], code: await window.codeOf(window.classifier.describe('dog')) };
  });
  expect(found.first).toMatchObject({ label: '浓缩咖啡' });
  expect(found.first).not.toHaveProperty('label_pinyin');
  expect(found.code).toBe('not-found');

  await page.unroute(WORDS);
  await page.route(WORDS, async (route) => {
    const body = await (await route.fetch()).body();
    body[1000] = (body[1000] ?? 0) ^ 1;
    await route.fulfill({ body });
  });
  const tampered = await page.evaluate(() => window.codeOf(window.classifier.describe('dog')));
  expect(tampered).toBe('tampered-download');

  await page.unroute(WORDS);
  const healed = await page.evaluate(async () => {
    const dog = await window.classifier.describe('dog');
    await window.classifier.dispose();
    return { dog, after: await window.codeOf(window.classifier.describe('dog')) };
  });
  expect(healed).toMatchObject({ dog: { label_en: 'dog' }, after: 'disposed' });
});
