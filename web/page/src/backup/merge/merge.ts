import { ALBUM, HISTORY, MODEL, TAUGHT } from '../../kept/schemas.js';
import type { Rows } from '../migrate.js';
import type { Backup } from '../read.js';
import type { Restored } from '../words.js';
import { mergeAlbum } from './album.js';
import { mergeHistory } from './history.js';
import { mergeModel } from './model.js';
import { mergeSettings } from './settings.js';
import { mergeTaught } from './taught.js';

type Undo = () => Promise<void>;

interface Merged {
  readonly what: Restored;
  readonly anything: boolean;
  readonly undo: Undo;
}

const NONE: Rows = new Map();

/**
 * One rule everywhere: what is here stays as it is, and what is not here is added. Resolves once all of it is stored;
 * where a part cannot be, what was stored before it is taken away again.
 */
export async function merge(
  { databases, settings }: Backup,
  onBytes: (bytes: number) => void,
): Promise<Merged> {
  const undos: Undo[] = [];
  const undo = async () => {
    for (const each of undos.reverse()) await each();
  };
  const noted = async <T extends { readonly undo: Undo }>(merging: Promise<T>): Promise<T> => {
    const merged = await merging;
    undos.push(merged.undo);
    return merged;
  };
  const rowsOf = ({ name }: { readonly name: string }) => databases.get(name) ?? NONE;
  try {
    const album = await noted(mergeAlbum(rowsOf(ALBUM), onBytes));
    const history = await noted(mergeHistory(rowsOf(HISTORY)));
    const model = await noted(mergeModel(rowsOf(MODEL)));
    const taught = await noted(mergeTaught(rowsOf(TAUGHT)));
    const chosen = await noted(mergeSettings(settings, model.brought));
    const what: Restored = {
      photos: album.photos,
      corrections: album.corrections,
      records: history.records,
      left: history.left,
      things: taught.things,
      models: model.brought ? 1 : 0,
      otherModel: model.kept,
      settings: chosen.settings,
    };
    const { left, otherModel, ...counts } = what;
    return { what, anything: Object.values(counts).some((count) => count > 0), undo };
  } catch (error) {
    await undo();
    throw error;
  }
}
