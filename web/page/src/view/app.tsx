import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { copy } from '../copy/index.js';
import { asking, leaveUnasked } from '../own/asking.js';
import { model } from '../state/classifier.js';
import { language } from '../state/language.js';
import { place } from '../state/place.js';
import { notice, specimen } from '../state/specimen.js';
import { teaching } from '../teach/hooks.js';
import { explaining } from '../trust/sheets.js';
import { Announcer } from './announcer.js';
import { Colophon } from './colophon.js';
import { DropVeil } from './drop-veil.js';
import { Label } from './label.js';
import { Masthead } from './masthead.js';
import { Notice } from './notice.js';
import { Room } from './room.js';
import { Samples } from './samples.js';
import { Specimen } from './specimen.js';
import { UndoBar } from './undo-bar.js';
import { UpdateBar } from './update-bar.js';

export function App() {
  return (
    <div
      class="page"
      data-testid="page"
      data-place={place.value}
      data-state={specimen.value.kind}
      data-model={model.value.kind}
      data-language={language.value}
    >
      <Masthead />
      <Inside />
      <Colophon />
      <div class="foot">
        <Notice />
        <UndoBar />
        <UpdateBar />
      </div>
      <DropVeil />
      <Late asked={explaining.value !== null} load={explanations} />
      <Late asked={asking.value !== null} load={ownSheet} />
      <Late asked={teaching.value !== null} load={teachRoom} />
      <Announcer />
    </div>
  );
}

// The photo's room is here at once; the others come when they are entered.
const album = () => import('../album/album.js').then((room) => room.Album);
const camera = () => import('../camera/camera.js').then((room) => room.Camera);
const history = () => import('../history/history.js').then((room) => room.History);
const settings = () => import('../settings/settings.js').then((room) => room.Settings);

function Inside() {
  const names = copy.value.place;
  switch (place.value) {
    case 'album':
      return <Room key="album" title={names.album} load={album} />;
    case 'camera':
      return <Room key="camera" title={names.camera} load={camera} />;
    case 'history':
      return <Room key="history" title={names.history} load={history} />;
    case 'settings':
      return <Room key="settings" title={names.settings} load={settings} />;
    default:
      return (
        <main class="table">
          <Specimen />
          <Label />
          <Samples />
        </main>
      );
  }
}

const explanations = () => import('../trust/explanations.js').then((sheets) => sheets.Explanations);
const teachRoom = () => import('../teach/room.js').then((room) => room.Teaching);
const ownSheet = () => import('../own/own-sheet.js').then((sheet) => sheet.OwnSheet);

/** What comes when it is first asked for. */
function Late({ asked, load }: { asked: boolean; load: () => Promise<ComponentType> }) {
  const [Inside, show] = useState<ComponentType | null>(null);
  useEffect(() => {
    if (!asked) return;
    load().then(
      (component) => show(() => component),
      () => {
        // Asked again, it is fetched again.
        explaining.value = null;
        teaching.value = null;
        leaveUnasked();
        notice.value = copy.value.downloadFailure;
      },
    );
  }, [asked, load]);
  return Inside && <Inside />;
}
