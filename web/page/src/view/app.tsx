import { model } from '../state/classifier.js';
import { language } from '../state/language.js';
import { specimen } from '../state/specimen.js';
import { Announcer } from './announcer.js';
import { Colophon } from './colophon.js';
import { DropVeil } from './drop-veil.js';
import { Label } from './label.js';
import { Masthead } from './masthead.js';
import { Notice } from './notice.js';
import { Samples } from './samples.js';
import { Specimen } from './specimen.js';

export function App() {
  return (
    <div
      class="page"
      data-testid="page"
      data-state={specimen.value.kind}
      data-model={model.value.kind}
      data-language={language.value}
    >
      <Masthead />
      <main class="table">
        <Specimen />
        <Label />
        <Samples />
      </main>
      <Colophon />
      <Notice />
      <DropVeil />
      <Announcer />
    </div>
  );
}
