import './style/index.css';
import { effect } from '@preact/signals';
import { render } from 'preact';
import { copy } from './copy/index.js';
import { recordHistory } from './history/record.js';
import { listenForDrops } from './input/drop.js';
import { listenForPastes } from './input/paste.js';
import { listenForKeys } from './input/shortcuts.js';
import { listenForOffer } from './offline/install.js';
import { acceptShared } from './offline/shared.js';
import { keepForOffline } from './offline/worker.js';
import { bringBack } from './own/put-in.js';
import { loadWhenIdle } from './state/classifier.js';
import { languageReady } from './state/language.js';
import { trustOwnScripts } from './state/own-scripts.js';
import { followAddress } from './state/place.js';
import { ownChoice, textSize } from './state/preferences.js';
import { lapseWithPage } from './state/undo.js';
import { listenForLessons } from './teach/hooks.js';
import { App } from './view/app.js';

function start(root: HTMLElement): void {
  effect(() => {
    document.documentElement.lang = copy.value.lang;
    document.title = copy.value.title;
    document.documentElement.dataset.text = textSize.value;
  });
  render(<App />, root);
  listenForDrops(window);
  listenForPastes(window);
  listenForKeys(window);
  lapseWithPage(window);
  followAddress(window);
  // The trust sheet counts every request; the browser would stop at 250.
  performance.setResourceTimingBufferSize(10_000);
  if (ownChoice.value === 'on') void bringBack();
  loadWhenIdle();
  recordHistory();
  void acceptShared();
  listenForLessons();
  listenForOffer(window);
  keepForOffline();
}

trustOwnScripts();
// public/check.js has taken it away where the browser lacks what the page needs.
const root = document.getElementById('app');
if (root) void languageReady().then(() => start(root));
