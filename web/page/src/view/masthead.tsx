import { copy } from '../copy/index.js';
import { chooseLanguage, type Tongue, tongue } from '../state/language.js';
import { notice } from '../state/specimen.js';
import { Viewfinder } from './icons.js';
import { Places } from './places.js';

export function Masthead() {
  return (
    <header class="masthead">
      <h1 class="wordmark" lang="zh-CN">
        <Viewfinder class="wordmark-seal" />
        <span class="wordmark-zh">识物</span>
        <span class="wordmark-latin" aria-hidden="true">
          shiwu
        </span>
      </h1>
      <Places />
      <fieldset class="languages">
        <legend class="unseen">{copy.value.switchLanguage}</legend>
        <LanguageButton of="zh" lang="zh-CN" text="简体" />
        <LanguageButton of="zh-hant" lang="zh-Hant" text="繁體" />
        <LanguageButton of="en" lang="en" text="English" />
      </fieldset>
    </header>
  );
}

function LanguageButton({ of, lang, text }: { of: Tongue; lang: string; text: string }) {
  return (
    <button
      type="button"
      class="language"
      lang={lang}
      aria-pressed={tongue.value === of}
      data-testid={`language-${of}`}
      onClick={() => choose(of)}
    >
      {text}
    </button>
  );
}

function choose(chosen: Tongue): void {
  chooseLanguage(chosen).catch(() => {
    notice.value = copy.value.downloadFailure;
  });
}
