import { fromBytes } from '../../kept/bytes.js';
import type { OwnModel } from '../../own/own-model.js';
import {
  forgetForGood,
  forgetModel,
  recallModel,
  remembered,
  rememberModel,
} from '../../own/store.js';
import { exchangeModel, ownInUse } from '../../state/exchange.js';
import { Refused } from '../format.js';
import type { Rows } from '../migrate.js';

/** Takes the file's model where there is none here; one is kept, and that of here stays. */
export async function mergeModel(rows: Rows) {
  const [row] = rows.get('models') ?? [];
  const coming = row && fromBytes<OwnModel>(row[1]);
  const mine = await recallModel();
  const isOther = mine !== null && coming !== undefined && !isSame(mine, coming);
  if (!coming || mine) return { brought: null, kept: isOther, undo: async () => {} };
  if (!(await rememberModel(coming))) throw new Refused('room');
  const undo = async () => {
    // The visitor has put in another one meanwhile, which stays.
    if (remembered.value?.file !== coming.file) return;
    await forgetForGood(await forgetModel());
    if (ownInUse()?.file === coming.file) await exchangeModel(null);
  };
  return { brought: coming, kept: false, undo };
}

/** Without https nothing but names and sizes is known of them. */
function isSame(a: OwnModel, b: OwnModel): boolean {
  if (a.sha256 !== null && b.sha256 !== null) return a.sha256 === b.sha256;
  return a.file.name === b.file.name && a.file.size === b.file.size;
}
