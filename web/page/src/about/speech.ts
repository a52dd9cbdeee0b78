import { computed, signal } from '@preact/signals';
import { type Tongue, tongue } from '../state/language.js';

/** Reading aloud, by the browser's voices. Only those of this device: others would send the text away. */

const speech = globalThis.speechSynthesis as SpeechSynthesis | undefined;

const voices = signal<readonly SpeechSynthesisVoice[]>([]);

/** What is being read; null: nothing is. */
export const reading = signal<string | null>(null);

/** Chromium forgets one that nobody holds, and then never says that it is over. */
let held: SpeechSynthesisUtterance | null = null;

/** Languages of voices, the one that fits best first; Android writes `zh_CN`. */
const WANTED: Record<Tongue, readonly RegExp[]> = {
  zh: [/^(zh|cmn)[-_](CN|Hans)/i, /^(zh|cmn)(?![-_](HK|yue))/i],
  'zh-hant': [/^(zh|cmn)[-_](TW|Hant)/i, /^(zh|cmn)(?![-_](HK|yue))/i],
  en: [/^en/i],
};

/** For the tongue in use; null where there is none, and before the browser knows. */
export const voice = computed(() => {
  for (const language of WANTED[tongue.value]) {
    const found = voices.value.filter((one) => one.localService && language.test(one.lang));
    const [best] = [...found].sort((a, b) => Number(b.default) - Number(a.default));
    if (best) return best;
  }
  return null;
});

if (speech) {
  const look = () => {
    voices.value = speech.getVoices();
  };
  look();
  // Most browsers have none at first. Some old ones have no such event, and are silent then.
  speech.addEventListener?.('voiceschanged', look);
}

/** Reads one text after whatever is being read has been stopped. */
export function read(text: string): void {
  if (!speech || !voice.value) return;
  speech.cancel();
  const utterance = new SpeechSynthesisUtterance(text);
  utterance.voice = voice.value;
  utterance.lang = voice.value.lang;
  const over = () => {
    if (reading.value === text) reading.value = null;
  };
  utterance.addEventListener('end', over);
  utterance.addEventListener('error', over);
  reading.value = text;
  held = utterance;
  speech.speak(held);
}

export function stopReading(): void {
  reading.value = null;
  speech?.cancel();
}
