import { useEffect } from 'preact/hooks';
import { fileSize } from '../../answer/format.js';
import { bytesOf } from '../../own/own-model.js';
import { remembered } from '../../own/store.js';
import { model } from '../../state/classifier.js';
import { inOneFile } from '../../state/edition.js';
import { AskButton } from '../../view/ask-button.js';
import {
  counts,
  eraseAlbum,
  eraseAll,
  eraseHistory,
  eraseModel,
  eraseOwn,
  eraseTaught,
  measureStorage,
  storage,
} from '../storage.js';
import { words } from '../words.js';

/** What is kept in this browser, and a way to be rid of it. */
export function StorageSection() {
  const said = words.value;
  const loaded = model.value.kind;
  // Again once the model is there: it is kept by then.
  useEffect(() => {
    if (loaded) void measureStorage();
  }, [loaded]);
  const state = storage.value;
  const rows = [
    {
      id: 'model',
      amount: state ? fileSize(state.model) : '',
      ask: said.eraseModelAsk,
      act: eraseModel,
    },
    ...(remembered.value
      ? [
          {
            id: 'own',
            amount: fileSize(bytesOf(remembered.value)),
            ask: said.eraseOwnAsk,
            act: eraseOwn,
          } as const,
        ]
      : []),
    {
      id: 'album',
      amount: said.count.album(counts.album()),
      ask: said.eraseAlbumAsk,
      act: eraseAlbum,
    },
    {
      id: 'history',
      amount: said.count.history(counts.history()),
      ask: said.eraseHistoryAsk,
      act: eraseHistory,
    },
    {
      id: 'taught',
      amount: said.count.taught(counts.taught()),
      ask: said.eraseTaughtAsk,
      act: eraseTaught,
    },
  ] as const;
  // In shiwu.html the model lies in the file itself.
  const shown = inOneFile ? rows.filter(({ id }) => id !== 'model') : rows;
  return (
    <section class="setting" aria-labelledby="storage-title">
      <h3 id="storage-title" class="setting-title">
        {said.storage}
      </h3>
      <p class="setting-more" data-testid="storage-total">
        {state && said.storageTotal(fileSize(state.used), fileSize(state.room))}
      </p>
      <ul class="storage">
        {shown.map(({ id, amount, ask, act }) => (
          <li key={id} class="storage-row" data-testid={`storage-${id}`}>
            <span>{said.kinds[id]}</span>
            <span class="storage-amount">{amount}</span>
            <AskButton
              text={said.erase}
              question={ask}
              yes={said.yes}
              no={said.no}
              testId={`erase-${id}`}
              act={act}
            />
          </li>
        ))}
      </ul>
      <AskButton
        text={said.eraseAll}
        question={said.eraseAllAsk}
        yes={said.yes}
        no={said.no}
        testId="erase-all"
        act={eraseAll}
      />
    </section>
  );
}
