import type { Page } from '@playwright/test';
import { expectClean } from './support/axe.js';
import { holdBack } from './support/hold-back.js';
import { chelsea, coffee } from './support/photos.js';
import { expect, test } from './support/test.js';

/** Voices as a browser has them, which come late; what is said is written down. */
async function giveVoices(page: Page, voices: { lang: string; localService: boolean }[]) {
  await page.addInitScript((given) => {
    const said: { text: string; lang: string }[] = [];
    let current: SpeechSynthesisUtterance | undefined;
    let here: object[] = [];
    const speech = Object.assign(new EventTarget(), {
      getVoices: () => here,
      speak(utterance: SpeechSynthesisUtterance) {
        current = utterance;
        said.push({ text: utterance.text, lang: utterance.lang });
      },
      cancel() {
        current?.dispatchEvent(new Event('end'));
        current = undefined;
      },
    });
    class Utterance extends EventTarget {
      lang = '';
      voice = null;
      constructor(readonly text: string) {
        super();
      }
    }
    Object.defineProperty(window, 'speechSynthesis', { value: speech });
    Object.defineProperty(window, 'SpeechSynthesisUtterance', { value: Utterance });
    Object.assign(window, {
      said,
      comeVoices: () => {
        here = given.map((one) => ({ ...one, default: false, name: one.lang }));
        speech.dispatchEvent(new Event('voiceschanged'));
      },
      endSpeech: () => speech.cancel(),
    });
  }, voices);
}

type Spoken = Window & {
  said: { text: string; lang: string }[];
  comeVoices(): void;
  endSpeech(): void;
};
const said = (page: Page) => page.evaluate(() => (window as unknown as Spoken).said);
const comeVoices = (page: Page) => page.evaluate(() => (window as unknown as Spoken).comeVoices());

test.describe('where nothing is kept for flight mode, which has them as well', () => {
  test.use({ serviceWorkers: 'block' });
  test('the sentences come with the first answer, and not before', async ({ shiwu, page }) => {
    const asked: string[] = [];
    page.on('request', (request) => {
      if (/words\.tsv|\/about-|\/traditional-/.test(request.url())) asked.push(request.url());
    });
    await shiwu.openReady();
    await page.waitForTimeout(500);
    expect(asked).toEqual([]);
    await shiwu.drop(coffee);
    await expect(page.getByTestId('about')).toHaveText(/一小杯又浓又香的咖啡/);
    await expect(page.getByTestId('pinyin')).toHaveText('nóngsuō kāfēi');
    await shiwu.drop(chelsea);
    await expect(page.getByTestId('pinyin')).not.toHaveText('nóngsuō kāfēi');
    await expect(page.getByTestId('about')).not.toHaveText(/咖啡/);
    expect(asked.filter((url) => url.includes('words.tsv'))).toHaveLength(1);
    expect(asked.filter((url) => url.includes('/traditional-'))).toEqual([]);
  });
});

test('a photo is named where the sentences cannot be had', async ({
  shiwu,
  page,
  expectedErrors,
}) => {
  expectedErrors.push(/404/);
  await page.route('**/words.tsv*.gz', (route) => route.fulfill({ status: 404, body: '' }));
  await shiwu.openReady();
  await shiwu.drop(coffee);
  await expect(shiwu.headline).toContainText('浓缩咖啡');
  await expect(page.getByTestId('about')).toHaveCount(0);
});

test('nothing moves when the sentences come later than the answer', async ({ shiwu, page }) => {
  const release = await holdBack(page, '**/words.tsv*.gz');
  await page.addInitScript(() => {
    const moved: number[] = [];
    Object.assign(window, { moved });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        moved.push((entry as PerformanceEntry & { value: number }).value);
      }
    }).observe({ type: 'layout-shift' });
  });
  await shiwu.openReady();
  await shiwu.sample('coffee').click();
  await shiwu.answer.waitFor();
  // Shifts within half a second of a click are the visitor's own doing.
  await page.waitForTimeout(800);
  const first = shiwu.candidates.first();
  const before = await first.boundingBox();
  await page.evaluate(() => {
    (window as unknown as { moved: number[] }).moved.length = 0;
  });
  release();
  await page.getByTestId('about').waitFor();
  await page.waitForTimeout(600);
  expect(await first.boundingBox()).toEqual(before);
  const moved = await page.evaluate(() => (window as unknown as { moved: number[] }).moved);
  expect(moved.reduce((sum, value) => sum + value, 0)).toBeLessThan(0.001);
});

test('pinyin stands above the name, and is read out once', async ({ shiwu, page }) => {
  await shiwu.openReady();
  await shiwu.drop(coffee);
  const pinyin = page.getByTestId('pinyin');
  await expect(pinyin).toHaveText('nóngsuō kāfēi');
  // Both in one task: the headline moves in.
  const gap = await page.locator('.headline').evaluate((headline) => {
    const box = (of: string) => headline.querySelector(of)?.getBoundingClientRect();
    return (box('.headline-name')?.top ?? 0) - (box('[data-testid=pinyin]')?.bottom ?? 1000);
  });
  expect(gap).toBeGreaterThanOrEqual(-1);
  await expect(shiwu.headline).toHaveAccessibleName(/^(这是|很可能是) ?浓缩咖啡$/);
  const read = page.locator('.answer p', { hasText: 'nóngsuō kāfēi' });
  await expect(read).toHaveCount(1);
  await expect(read).not.toHaveAttribute('aria-hidden');
  await page.getByTestId('language-en').click();
  await expect(page.locator('.headline-other')).toHaveText('浓缩咖啡 nóngsuō kāfēi');
  await expect(page.locator('.answer').getByText('nóngsuō kāfēi')).toHaveCount(1);
  await expect(page.getByTestId('about')).toHaveText(/^A tiny cup of strong coffee/);
});

test('朗读 reads the name and the sentence, and stops when pressed again', async ({
  shiwu,
  page,
}) => {
  await giveVoices(page, [
    { lang: 'zh-HK', localService: true },
    { lang: 'en-GB', localService: true },
    { lang: 'zh_CN', localService: true },
  ]);
  await shiwu.openReady();
  await shiwu.drop(coffee);
  await page.getByTestId('about').waitFor();
  const button = page.getByTestId('read');
  await expect(button).toHaveCount(0);
  await comeVoices(page);
  await expect(button).toHaveText('朗读');
  await expectClean(page);
  await button.click();
  await expect(button).toHaveText('停下');
  expect(await said(page)).toEqual([
    { text: expect.stringMatching(/^浓缩咖啡。 一小杯又浓又香的咖啡/), lang: 'zh_CN' },
  ]);
  await button.click();
  await expect(button).toHaveText('朗读');
  await button.click();
  await page.evaluate(() => (window as unknown as Spoken).endSpeech());
  await expect(button).toHaveText('朗读');
  await page.getByTestId('language-en').click();
  await expect(button).toHaveText('Read aloud');
  await button.click();
  expect((await said(page)).at(-1)).toEqual({
    text: expect.stringMatching(/^espresso\. A tiny cup/),
    lang: 'en-GB',
  });
});

test('no voice that would send the text away is used', async ({ shiwu, page }) => {
  await giveVoices(page, [
    { lang: 'zh-CN', localService: false },
    { lang: 'en-US', localService: true },
  ]);
  await shiwu.openReady();
  await shiwu.drop(coffee);
  await page.getByTestId('about').waitFor();
  await comeVoices(page);
  await page.waitForTimeout(200);
  await expect(page.getByTestId('read')).toHaveCount(0);
});

test('繁體 is one press away: the frame, names, sentences; and it is remembered', async ({
  shiwu,
  page,
}) => {
  await shiwu.openReady();
  await shiwu.drop(coffee);
  await page.getByTestId('about').waitFor();
  await page.getByTestId('language-zh-hant').click();
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-Hant');
  await expect(page).toHaveTitle('識物：這是什麼？');
  await expect(shiwu.headline).toContainText('濃縮咖啡');
  await expect(page.getByTestId('path')).toContainText('飲料');
  await expect(page.locator('.beside')).toContainText('又名 意式濃縮、特濃咖啡');
  await expect(page.getByTestId('about')).toContainText('一小杯又濃又香的咖啡');
  await expect(shiwu.candidates.first().locator('.candidate-name')).toHaveText('濃縮咖啡');
  await expect(page.getByTestId('live')).toContainText('濃縮咖啡');
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-Hant');
  await expect(shiwu.pick).toHaveText('選一張照片');
  await page.getByTestId('place-settings').click();
  await expect(page.locator('input[data-testid=language-zh-hant]')).toBeChecked();
  await page.locator('input[data-testid=language-zh]').check();
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN');
});

test('where 繁體 cannot be fetched the page says so and stays as it is', async ({
  shiwu,
  page,
  expectedErrors,
}) => {
  expectedErrors.push(/404|Failed to fetch|MIME/);
  await page.route('**/traditional-*.js', (route) => route.fulfill({ status: 404, body: '' }));
  await shiwu.openReady();
  await page.getByTestId('language-zh-hant').click();
  await expect(page.getByTestId('notice')).toContainText('下载没有成功');
  await expect(page.getByTestId('language-zh')).toHaveAttribute('aria-pressed', 'true');
});

test.describe('for a visitor from Taiwan', () => {
  test.use({ locale: 'zh-TW' });

  test('繁體 comes first', async ({ shiwu, page }) => {
    await shiwu.openReady();
    await expect(page.locator('html')).toHaveAttribute('lang', 'zh-Hant');
    await expect(page.getByTestId('language-zh-hant')).toHaveAttribute('aria-pressed', 'true');
    await expect(shiwu.pick).toHaveText('選一張照片');
  });
});
