import { launchOptions } from './support/browser.js';
import { expect, test } from './support/library-page.js';

// The shell does not measure memory; and Chromium would wait for a collection that comes by itself.
const { args, ...whole } = launchOptions({ whole: true });
const eager = '--enable-blink-features=ForceEagerMeasureMemory';
test.use({ launchOptions: { ...whole, args: [...args, eager] } });

test('a hundred photos leave the worker where the tenth left it', async ({
  page,
  openClassifier,
}) => {
  test.setTimeout(120_000);
  // Threads that sleep between runs would keep the measure waiting.
  await openClassifier({ threads: 1 });
  const bytes = await page.evaluate(async () => {
    const blob = await window.photo('chelsea.png');
    const measure = async () =>
      (
        performance as unknown as { measureUserAgentSpecificMemory(): Promise<{ bytes: number }> }
      ).measureUserAgentSpecificMemory();
    for (let i = 0; i < 10; i++) await window.classifier.classify(blob);
    const before = await measure();
    for (let i = 0; i < 90; i++) await window.classifier.classify(blob);
    const after = await measure();
    return { before: before.bytes, after: after.bytes };
  });
  // The measure forces a collection first; a leak of one 224 × 224 tensor a photo would be 54 MB.
  expect(bytes.after - bytes.before).toBeLessThan(10_000_000);
});
