// The model that a visitor put in, over a real (in-memory) IndexedDB.
import 'fake-indexeddb/auto';
import { afterEach, expect, it, vi } from 'vitest';
import {
  bringModelBack,
  forgetForGood,
  forgetModel,
  recallModel,
  remembered,
  rememberModel,
} from '../../../web/page/src/own/store.js';
import { refuseBlobs } from './private-window.js';

// As on a page without https; Node 20 has none at all.
vi.stubGlobal('navigator', {});

afterEach(async () => {
  vi.restoreAllMocks();
  await forgetForGood(await forgetModel());
});

it('is there again at the next visit where no Blob may be stored', async () => {
  refuseBlobs();
  await rememberModel({ file: new File(['network'], 'own.onnx'), sha256: 'ab', answers: null });
  remembered.value = undefined; // as at the next visit
  const again = await recallModel();
  expect(again).toMatchObject({ sha256: 'ab', answers: null });
  expect(again?.file).toBeInstanceOf(File);
  expect(again?.file.name).toBe('own.onnx');
  expect(await again?.file.text()).toBe('network');
});

it('is said not to be kept where the disk is full', async () => {
  const own = { file: new File(['network'], 'own.onnx'), sha256: 'ab', answers: null };
  vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
    throw new DOMException('no room', 'QuotaExceededError');
  });
  expect(await rememberModel(own)).toBe(false);
  vi.restoreAllMocks();
  expect(await rememberModel(own)).toBe(true);
});

it('comes back after it was erased, until it has gone for good', async () => {
  const own = { file: new File(['network'], 'own.onnx'), sha256: 'ab', answers: null };
  await rememberModel(own);
  await forgetModel();
  expect(await nextVisit()).toBeNull();
  await bringModelBack(own);
  expect(await nextVisit()).toMatchObject({ sha256: 'ab' });
  await forgetForGood(await forgetModel());
  expect(await nextVisit()).toBeNull();
});

it('stays erased when it was still on its way to work', async () => {
  await rememberModel({ file: new File(['network'], 'own.onnx'), sha256: 'ab', answers: null });
  const own = await nextVisit();
  await forgetModel();
  // Loaded by now, and about to be put to work.
  expect(own && (await rememberModel(own))).toBe(true);
  expect(remembered.value).toBeNull();
  expect(await nextVisit()).toBeNull();
});

it('stays erased when it was being read meanwhile', async () => {
  await rememberModel({ file: new File(['network'], 'own.onnx'), sha256: 'ab', answers: null });
  remembered.value = undefined;
  // What the disk said before arrives after.
  let arrive = () => {};
  const arrived = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  const { get } = IDBObjectStore.prototype;
  vi.spyOn(IDBObjectStore.prototype, 'get').mockImplementationOnce(function (
    this: IDBObjectStore,
    key,
  ) {
    const request = get.call(this, key);
    const listen = request.addEventListener.bind(request);
    return Object.assign(request, {
      addEventListener: (type: string, hear: () => void) =>
        listen(type, () => void arrived.then(hear)),
    });
  });
  const reading = recallModel();
  await forgetModel();
  arrive();
  expect(await reading).toBeNull();
  expect(remembered.value).toBeNull();
});

it('comes back in the place of one that was put in after it had been erased', async () => {
  const own = { file: new File(['network'], 'own.onnx'), sha256: 'ab', answers: null };
  await rememberModel(own);
  await forgetModel();
  await rememberModel({ file: new File(['another'], 'other.onnx'), sha256: 'cd', answers: null });
  await bringModelBack(own);
  expect(await nextVisit()).toMatchObject({ sha256: 'ab' });
});

it('is not stored where it is not wanted any more', async () => {
  const own = { file: new File(['network'], 'own.onnx'), sha256: 'ab', answers: null };
  expect(await rememberModel(own, () => false)).toBe(false);
  expect(remembered.value).toBeNull();
  expect(await nextVisit()).toBeNull();
  expect(await rememberModel(own)).toBe(true);
  expect(await nextVisit()).toMatchObject({ sha256: 'ab' });
});

function nextVisit() {
  remembered.value = undefined;
  return recallModel();
}
