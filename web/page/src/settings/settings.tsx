import './settings.css';
import { chooseLanguage, type Language, language } from '../state/language.js';
import {
  historyChoice,
  PIXEL_LIMITS,
  pixelLimit,
  TEXT_SIZES,
  textSize,
} from '../state/preferences.js';
import { openSheet } from '../trust/sheets.js';
import { Choice } from '../view/choice.js';
import { CheckSection } from './view/check-section.js';
import { ModelSection } from './view/model-section.js';
import { StorageSection } from './view/storage-section.js';
import { words } from './words.js';

const LANGUAGES: readonly Language[] = ['zh', 'en'];
const NAMES: Record<Language, string> = { zh: '中文', en: 'English' };

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
        values={LANGUAGES}
        value={language.value}
        text={(value) => [NAMES[value]]}
        onChoose={chooseLanguage}
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
