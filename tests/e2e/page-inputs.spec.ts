// What other pages and programs hand over besides files: lists of addresses, and HTML with pictures inside.
import type { Page } from '@playwright/test';
import { CATS, CUPS, chelsea, coffee } from './support/photos.js';
import { expect, test } from './support/test.js';

test.use({ contextOptions: { reducedMotion: 'reduce' } });

/** Lets these go over the page, or presses Ctrl+V: data by type. */
function hand(page: Page, how: 'drop' | 'paste', data: Record<string, string>): Promise<void> {
  return page.evaluate(
    ([how, data]) => {
      const transfer = new DataTransfer();
      for (const [type, value] of Object.entries(data)) transfer.setData(type, value);
      const init = { bubbles: true, cancelable: true };
      document.body.dispatchEvent(
        how === 'drop'
          ? new DragEvent('drop', { ...init, dataTransfer: transfer })
          : new ClipboardEvent('paste', { ...init, clipboardData: transfer }),
      );
    },
    [how, data] as const,
  );
}

const base64 = (photo: { buffer: Buffer }) => photo.buffer.toString('base64');
const dataUrl = (photo: { buffer: Buffer }) => `data:image/png;base64,${base64(photo)}`;
/** As mail programs wrap it. */
const wrapped = (photo: { buffer: Buffer }) =>
  `data:image/png;base64,\r\n${base64(photo).replace(/.{76}/g, '$&\r\n')}`;

const number = (page: Page) => page.locator('.label-top');
const notice = (page: Page) => page.getByTestId('notice');

test('a dragged list of addresses: remarks are passed over, the one picture is named', async ({
  shiwu,
  page,
}) => {
  await shiwu.openReady();
  const cat = new URL('samples/cat.jpg', page.url()).href;
  await hand(page, 'drop', { 'text/uri-list': `# from a page\r\n${cat}\r\n` });
  expect(CATS).toContain(await shiwu.firstClass());
  await expect(page.locator('.caption-name')).toHaveText('cat.jpg');
});

test('a dragged list of several addresses fills the album', async ({ shiwu, page }) => {
  await shiwu.openReady();
  const address = (name: string) => new URL(`samples/${name}.jpg`, page.url()).href;
  const list = ['#', address('cat'), address('coffee'), '# and', address('dogs')].join('\r\n');
  await hand(page, 'drop', { 'text/uri-list': `${list}\r\n` });
  await expect(page.getByTestId('album')).toHaveAttribute('data-count', '3');
  await expect(page.getByTestId('run')).toHaveCount(0);
});

test('of a list with other sites in it, what is ours is taken and the rest said', async ({
  shiwu,
  page,
}) => {
  await shiwu.openReady();
  const coffee = new URL('samples/coffee.jpg', page.url()).href;
  const list = `https://example.com/a.jpg\r\n${coffee}\r\nhttps://example.com/b.jpg`;
  await hand(page, 'drop', { 'text/uri-list': list });
  await expect(notice(page)).toContainText('不从别的网站取图');
  expect(CUPS).toContain(await shiwu.firstClass());
});

test('a picture dragged out of a link brings its bytes in the HTML', async ({ shiwu, page }) => {
  await shiwu.openReady();
  await hand(page, 'drop', {
    'text/uri-list': 'https://example.com/article',
    'text/html': `<a href="https://example.com/article"><img src="${dataUrl(chelsea)}"></a>`,
  });
  expect(CATS).toContain(await shiwu.firstClass());
});

test('pasted HTML with a data image is named, with several they fill the album', async ({
  shiwu,
  page,
}) => {
  await shiwu.openReady();
  await hand(page, 'paste', {
    'text/plain': '一只猫',
    'text/html': `<meta charset="utf-8"><p>一只猫 <img alt="猫" src="${wrapped(chelsea)}"></p>`,
  });
  expect(CATS).toContain(await shiwu.firstClass());
  await expect(number(page)).toContainText('第 1 号');
  await hand(page, 'paste', {
    'text/html': `<img src="${dataUrl(chelsea)}"><br><img src='${dataUrl(coffee)}'>`,
  });
  await expect(page.getByTestId('album')).toHaveAttribute('data-count', '2');
});

test('pasted HTML: pictures of other sites are said, broken ones too, text is left alone', async ({
  shiwu,
  page,
}) => {
  await shiwu.openReady();
  await hand(page, 'paste', {
    'text/plain': 'words',
    'text/html': '<style>b { top: 0 }</style><b style="left: 0" onload="x()">words</b>',
  });
  await expect(notice(page)).toHaveCount(0);
  await hand(page, 'paste', { 'text/html': '<img src="https://example.com/cat.jpg">' });
  await expect(notice(page)).toContainText('不从别的网站取图');
  await hand(page, 'paste', { 'text/html': '<img src="data:image/png;base64,***">' });
  await expect(notice(page)).toContainText('没有图片');
  await expect(shiwu.answer).toHaveCount(0);
});
