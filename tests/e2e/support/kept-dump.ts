import type { Page } from '@playwright/test';

/** Everything that the page keeps, without what differs between two browsers that have the same: numbers and batches. */
export function dump(page: Page): Promise<unknown> {
  return page.evaluate(async () => {
    const digest = async (bytes: ArrayBuffer) => {
      const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
      return `${bytes.byteLength} ${hash.slice(0, 8).join('.')}`;
    };
    const plain = async (value: unknown): Promise<unknown> => {
      if (value instanceof File) {
        return ['file', value.name, value.lastModified, await digest(await value.arrayBuffer())];
      }
      if (value instanceof Blob)
        return ['blob', value.type, await digest(await value.arrayBuffer())];
      if (value instanceof ArrayBuffer) return ['bytes', await digest(value)];
      if (ArrayBuffer.isView(value)) return ['levels', await digest(value.buffer as ArrayBuffer)];
      if (Array.isArray(value)) return Promise.all(value.map(plain));
      if (typeof value !== 'object' || value === null) return value;
      const pairs = Object.entries(value)
        .filter(([name]) => !['id', 'intake'].includes(name) || 'zh' in value || 'kind' in value)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(async ([name, each]) => [name, await plain(each)]);
      return Object.fromEntries(await Promise.all(pairs));
    };
    const ask = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const all: Record<string, unknown> = {};
    const names = (await indexedDB.databases()).map(({ name }) => name ?? '').sort();
    for (const name of names) {
      const database = await ask(indexedDB.open(name));
      for (const store of database.objectStoreNames) {
        if (store === 'meta') continue;
        const at = database.transaction(store).objectStore(store);
        const [keys, values] = await Promise.all([ask(at.getAllKeys()), ask(at.getAll())]);
        const numbered = store === 'memories';
        all[`${name}/${store}`] = await Promise.all(
          values.map(async (value, i) => [numbered ? '' : keys[i], await plain(value)]),
        );
      }
      database.close();
    }
    const settings = Object.entries(localStorage).filter(([name]) => name.startsWith('shiwu'));
    return { ...all, settings: settings.sort() };
  });
}
