import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { serveUnder } from './static-server.js';

const site = new URL('../../../dist/site/', import.meta.url);

/** The page from a folder of its own, so that a new version can come. */
export async function serveRenewable() {
  const folder = mkdtempSync(join(tmpdir(), 'shiwu-site-'));
  cpSync(fileURLToPath(site), folder, { recursive: true });
  const worker = join(folder, 'sw.js');
  const server = await serveUnder('/', pathToFileURL(`${folder}/`));
  return {
    address: server.address,
    /** From now on another service worker is there. */
    renew: () => writeFileSync(worker, `${readFileSync(worker).toString()}\n// newer\n`),
    close: async () => {
      await server.close();
      rmSync(folder, { recursive: true });
    },
  };
}
