import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { expectClean } from './support/axe.js';
import { cameraSeesACat } from './support/film.js';
import { CATS, chelsea } from './support/photos.js';
import { expect, test } from './support/test.js';

test.use({ ...cameraSeesACat('cat'), contextOptions: { reducedMotion: 'reduce' } });

const lens = (page: Page, state: string) =>
  expect(page.getByTestId('camera')).toHaveAttribute('data-lens', state);
const name = (page: Page) => page.getByTestId('camera-name');

async function openCamera(page: Page): Promise<void> {
  await page.context().grantPermissions(['camera']);
  await page.goto('./#camera');
  await lens(page, 'live');
}

/** How the camera's track stands: live, or ended when it is really off. */
async function keepTrack(page: Page): Promise<() => Promise<string | undefined>> {
  await page.evaluate(() => {
    const video = document.querySelector('video');
    const stream = video?.srcObject as MediaStream | null;
    Object.assign(window, { track: stream?.getVideoTracks()[0] });
  });
  return () =>
    page.evaluate(() => (window as unknown as { track?: MediaStreamTrack }).track?.readyState);
}

test('a cat before the camera is named, aloud too, and the names hold', async ({ page }) => {
  await openCamera(page);
  await expect(name(page)).toContainText('猫');
  await expect(page.getByTestId('camera-live')).toContainText('猫');
  const first = page.locator('.camera-bars [data-class-id]').first();
  expect(CATS).toContain(await first.getAttribute('data-class-id'));
});

test('a frame freezes by the space bar, is named, saved, and taken to the table', async ({
  shiwu,
  page,
}) => {
  await openCamera(page);
  await expect(name(page)).toContainText('猫');
  await page.keyboard.press('Space');
  await expect(page.getByTestId('frozen')).toBeVisible();
  await expect(name(page)).toContainText('猫');
  const download = page.waitForEvent('download');
  await page.getByTestId('save-photo').click();
  const bytes = readFileSync(await (await download).path());
  expect([...bytes.subarray(0, 3)]).toEqual([0xff, 0xd8, 0xff]);
  await page.getByTestId('freeze').click();
  await expect(page.getByTestId('frozen')).toHaveCount(0);
  await page.getByTestId('freeze').click();
  await page.getByTestId('to-table').click();
  expect(CATS).toContain(await shiwu.firstClass());
});

test('leaving the room or the tab turns the camera off', async ({ page }) => {
  await openCamera(page);
  const hiddenTrack = await keepTrack(page);
  const hide = (hidden: boolean) =>
    page.evaluate((value) => {
      Object.defineProperty(document, 'hidden', { value, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    }, hidden);
  await hide(true);
  expect(await hiddenTrack()).toBe('ended');
  await hide(false);
  await lens(page, 'live');
  const track = await keepTrack(page);
  expect(await track()).toBe('live');
  await page.getByTestId('place-album').click();
  await page.getByTestId('album').waitFor();
  expect(await track()).toBe('ended');
});

test('it opens only when asked to, and closes', async ({ page }) => {
  // With the permission that is granted below it would open by itself.
  await page.addInitScript(() => {
    const { query } = Permissions.prototype;
    Permissions.prototype.query = async function (what) {
      const status = await query.call(this, what);
      setTimeout(() => {
        document.documentElement.dataset.asked = what.name;
      });
      return status;
    };
  });
  await page.goto('./#camera');
  await page.locator('html[data-asked=camera]').waitFor();
  await lens(page, 'off');
  await page.context().grantPermissions(['camera']);
  await page.getByTestId('open-camera').click();
  await lens(page, 'live');
  await page.getByTestId('close-camera').click();
  await lens(page, 'off');
});

for (const [held, viewport] of [
  ['upright', { width: 390, height: 844 }],
  ['on its side', { width: 844, height: 390 }],
  ['on its side, and large', { width: 932, height: 430 }],
] as const) {
  test(`a phone ${held}: name, bars and buttons are in sight, and none lies over another`, async ({
    page,
  }) => {
    await page.setViewportSize(viewport);
    await openCamera(page);
    await expect(name(page)).toContainText('猫');
    for (const frozen of [false, true]) {
      if (frozen) await page.getByTestId('freeze').click();
      if (frozen) await expect(page.getByTestId('save-photo')).toBeVisible();
      const parts = await page.evaluate(() => {
        const rooms = document.querySelector('.places')?.getBoundingClientRect();
        return ['.camera-caption', '.camera-knobs', '.camera-stage'].map((which) => {
          const box = document.querySelector(which)?.getBoundingClientRect();
          const { left = 0, top = 0, right = 0, bottom = 0 } = box ?? {};
          return {
            left,
            top,
            right,
            bottom,
            free: rooms && (bottom <= rooms.top || top >= rooms.bottom),
          };
        });
      });
      for (const { left, top, right, bottom, free } of parts) {
        expect(left).toBeGreaterThanOrEqual(0);
        expect(top).toBeGreaterThanOrEqual(0);
        expect(right).toBeLessThanOrEqual(viewport.width);
        expect(bottom).toBeLessThanOrEqual(viewport.height);
        expect(free).toBe(true);
      }
      const [caption, knobs, stage] = parts;
      if (!caption || !knobs || !stage) throw new Error('a part lacks');
      expect(knobs.top >= caption.bottom - 1 || knobs.left >= caption.right - 1).toBe(true);
      // The picture goes from edge to edge, but for the buttons' column.
      expect(stage.left).toBe(0);
      expect(stage.bottom - stage.top).toBeGreaterThan(viewport.height * 0.6);
      // What the fingers hit is the button itself.
      const hit = await page.getByTestId('freeze').evaluate((button) => {
        const { left, top, width, height } = button.getBoundingClientRect();
        return button.contains(document.elementFromPoint(left + width / 2, top + height / 2));
      });
      expect(hit).toBe(true);
    }
  });
}

for (const [error, text] of [
  ['NotFoundError', '没有找到相机'],
  ['NotReadableError', '相机正被别的程序占用'],
  ['TypeError', '相机打不开'],
] as const) {
  test(`${error}: ${text}`, async ({ page }) => {
    await page.addInitScript((fault) => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', fault));
    }, error);
    await page.goto('./#camera');
    await page.getByTestId('open-camera').click();
    await expect(page.getByTestId('camera-trouble')).toContainText(text);
  });
}

test('a camera that is pulled out, and a page that may have none', async ({ page }) => {
  await openCamera(page);
  await page.evaluate(() => {
    const stream = document.querySelector('video')?.srcObject as MediaStream;
    stream.getVideoTracks()[0]?.dispatchEvent(new Event('ended'));
  });
  await expect(page.getByTestId('camera-trouble')).toContainText('相机断开了');
  await page.addInitScript(() => {
    Object.defineProperty(navigator, 'mediaDevices', { value: undefined });
  });
  await page.reload();
  await page.getByTestId('open-camera').click();
  await expect(page.getByTestId('camera-trouble')).toContainText('这样打开的页面不能用相机');
});

test('a camera that was chosen and is not there any more gives way to the other', async ({
  page,
}) => {
  await page.addInitScript(() => {
    const { mediaDevices } = navigator;
    const ask = mediaDevices.getUserMedia.bind(mediaDevices);
    mediaDevices.getUserMedia = (wish) => {
      const { deviceId } = (wish?.video ?? {}) as { deviceId?: { exact: string } };
      if (deviceId?.exact === 'gone') throw new DOMException('', 'OverconstrainedError');
      return ask(wish);
    };
    mediaDevices.enumerateDevices = () =>
      Promise.resolve(
        ['here', 'gone'].map((deviceId) => ({
          deviceId,
          kind: 'videoinput' as const,
          label: deviceId,
          groupId: '',
          toJSON: () => '',
        })),
      );
  });
  await openCamera(page);
  await page.getByTestId('lens').selectOption('gone');
  await expect(page.getByTestId('camera')).toHaveAttribute('data-lens', 'live');
  await expect(page.getByTestId('camera-trouble')).toHaveCount(0);
});

test('axe finds nothing in the camera', async ({ page }) => {
  await page.goto('./#camera');
  await page.getByTestId('open-camera').waitFor();
  await expectClean(page);
  await page.getByTestId('open-camera').click();
  await expect(page.getByTestId('camera-trouble')).not.toBeEmpty();
  await expectClean(page);
  await page.context().grantPermissions(['camera']);
  await page.getByTestId('open-camera').click();
  await expect(name(page)).toContainText('猫');
  await expectClean(page);
  await page.getByTestId('freeze').click();
  await page.getByTestId('frozen').waitFor();
  await expectClean(page);
});

test('the shutter takes examples, and the camera knows what was learnt from them', async ({
  shiwu,
  page,
}) => {
  await page.context().grantPermissions(['camera']);
  await shiwu.openReady('./#settings');
  await page.getByTestId('open-lessons').click();
  await page.getByTestId('lesson-name').fill('豆豆');
  await page.getByTestId('examples-shown-camera').click();
  await page.getByTestId('shutter-finder').waitFor();
  await expect(async () => {
    await page.getByTestId('shutter').click();
    await expect(page.getByTestId('example')).not.toHaveCount(0, { timeout: 1000 });
  }).toPass();
  await page.getByTestId('learn').click();
  await expect(page.getByTestId('taught-row')).toHaveCount(1);
  await page.keyboard.press('Escape');
  await page.getByTestId('place-photo').click();
  await shiwu.drop(chelsea);
  await expect(shiwu.candidates.first()).toHaveAttribute('data-class-id', 'taught:豆豆');
  await page.getByTestId('place-camera').click();
  await expect(name(page)).toContainText('豆豆');
  await expect(page.getByTestId('camera-caption')).toContainText('你教的');
});
