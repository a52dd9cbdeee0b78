import './settings.css';
import { copy } from '../copy/index.js';
import { chooseLanguage, type Tongue, tongue } from '../state/language.js';
import {
  historyChoice,
  PIXEL_LIMITS,
  pixelLimit,
  TEXT_SIZES,
  textSize,
} from '../state/preferences.js';
import { notice } from '../state/specimen.js';
import { teaching } from '../teach/hooks.js';
import { openSheet } from '../trust/sheets.js';
import { Choice } from '../view/choice.js';
import { CheckSection } from './view/check-section.js';
import { DataSection } from './view/data-section.js';
import { ModelSection } from './view/model-section.js';
import { StorageSection } from './view/storage-section.js';
import { words } from './words.js';

const TONGUES: readonly Tongue[] = ['zh', 'zh-hant', 'en'];
const NAMES: Record<Tongue, string> = { zh: '简体中文', 'zh-hant': '繁體中文', en: 'English' };

export function Settings() {
  const said = words.value;
  return (
    <main class="room settings" data-testid="settings">
      <h2 class="room-title">{said.title}</h2>
      <ModelSection />
      <CheckSection />
      <Choice
        legend={said.language}
        name="language"
        values={TONGUES}
        value={tongue.value}
        text={(value) => [NAMES[value]]}
        onChoose={(value) => {
          chooseLanguage(value).catch(() => {
            notice.value = copy.value.downloadFailure;
          });
        }}
      />
      <Choice
        legend={said.textSize}
        name="text"
        values={TEXT_SIZES}
        value={textSize.value}
        text={(value) => [said.textSizes[value]]}
        onChoose={(value) => {
          textSize.value = value;
        }}
      />
      <Choice
        legend={said.pixels}
        name="pixels"
        values={PIXEL_LIMITS}
        value={pixelLimit.value}
        text={(value) => said.pixelLimits[value]}
        onChoose={(value) => {
          pixelLimit.value = value;
        }}
      />
      <section class="setting">
        <h3 class="setting-title">{said.history}</h3>
        <label class="choice-one">
          <input
            type="checkbox"
            checked={historyChoice.value === 'on'}
            data-testid="keep-history"
            onChange={({ currentTarget }) => {
              historyChoice.value = currentTarget.checked ? 'on' : 'off';
            }}
          />
          <span>
            <strong>{said.historyText}</strong>
            <span class="choice-more">{said.historyMore}</span>
          </span>
        </label>
      </section>
      <section class="setting">
        <h3 class="setting-title">{said.teaching}</h3>
        <p class="setting-more">{said.teachingMore}</p>
        <button
          type="button"
          class="button button-quiet"
          aria-haspopup="dialog"
          data-testid="open-lessons"
          onClick={() => {
            teaching.value = 'lessons';
          }}
        >
          {said.teachingOpen}
        </button>
      </section>
      <DataSection />
      <StorageSection />
      <section class="setting">
        <h3 class="setting-title">{said.about}</h3>
        <div class="room-actions">
          <button
            type="button"
            class="button button-quiet"
            data-testid="open-trust"
            onClick={() => openSheet('trust')}
          >
            {said.trust}
          </button>
          <button
            type="button"
            class="button button-quiet"
            data-testid="open-card"
            onClick={() => openSheet('card')}
          >
            {said.card}
          </button>
        </div>
      </section>
    </main>
  );
}
