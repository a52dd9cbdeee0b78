/** The element's shadow tree, and how it shows a state. It knows nothing of classifiers. */
import type { ShiwuError } from '../errors.js';
import type { Classification, LoadProgress, Prediction } from '../types.js';
import { megabytes, percent, type Words } from './words.js';

export interface State {
  readonly words: Words;
  readonly disabled: boolean;
  /** Address of the picture to show. */
  readonly preview: string | null;
  /** Bytes so far, while the model loads. */
  readonly progress: LoadProgress | null;
  /** Whether an answer is waited for. */
  readonly working: boolean;
  readonly result: Classification | null;
  readonly error: ShiwuError | null;
}

/** Names read aloud. */
const SPOKEN = 3;

export class View {
  readonly input = make('input', 'unseen');
  readonly #base = make('div', 'base');
  readonly #choose = make('label', 'choose');
  readonly #drop = make('span', 'drop', 'drop');
  readonly #preview = make('img', 'preview', 'preview');
  readonly #label = make('span', 'label', 'label');
  readonly #prompt = make('slot');
  readonly #another = make('span');
  readonly #hint = make('span', 'hint', 'hint');
  readonly #answer = make('div', 'answer');
  readonly #status = make('p', 'status', 'status');
  readonly #progress = make('div', 'progress', 'progress');
  readonly #bytes = make('span');
  readonly #meter = make('progress');
  readonly #error = make('p', 'error', 'error');
  readonly #list = make('ol', 'list', 'list');
  readonly #result = make('slot');

  /** `onUnshowable` hears of a picture that the browser cannot show. */
  constructor(root: ShadowRoot, onUnshowable: () => void) {
    this.input.type = 'file';
    this.input.accept = 'image/*,.heic,.heif,.avif';
    this.input.setAttribute('aria-labelledby', 'label');
    this.#label.id = 'label';
    this.#label.append(this.#prompt, this.#another);
    // Fetched as the classifier fetches it, so that one download serves both.
    this.#preview.crossOrigin = 'anonymous';
    this.#preview.onerror = onUnshowable;
    this.#drop.append(this.#preview, this.#label, this.#hint);
    this.#choose.append(this.input, this.#drop);

    this.#status.setAttribute('role', 'status');
    this.#error.setAttribute('role', 'alert');
    this.#progress.append(this.#bytes, this.#meter);
    this.#prompt.name = 'prompt';
    this.#result.name = 'result';
    this.#result.append(this.#list);
    this.#answer.append(this.#progress, this.#status, this.#error, this.#result);
    this.#base.append(this.#choose, this.#answer);
    root.append(this.#base);
  }

  /** Marks the place where a file held over it would go. */
  set over(over: boolean) {
    this.#drop.classList.toggle('over', over);
  }

  show(state: State): void {
    const { words, result, error, progress, working } = state;
    this.#base.lang = words.lang;
    this.input.disabled = state.disabled;
    this.#prompt.textContent = words.prompt;
    this.#another.textContent = words.another;
    this.#hint.textContent = words.hint;
    this.#preview.alt = words.previewAlt;
    this.#showPreview(state.preview);
    // Loaded unasked, it takes no room: nothing on the page should jump.
    this.#showProgress(working ? progress : null, words);

    const { text, seen } = statusOf(state);
    setText(this.#status, text);
    this.#status.classList.toggle('unseen', !seen);
    this.#error.hidden = error === null;
    setText(this.#error, error ? words.failed(error) : '');
    this.#list.hidden = !result?.predictions.length;
    this.#list.ariaLabel = words.candidates;
    this.#list.replaceChildren(...(result?.predictions ?? []).map((one) => itemOf(one, words)));
    // Two columns only where the second has something to say.
    const filled = working || error !== null || result !== null;
    this.#answer.classList.toggle('filled', filled);
  }

  #showPreview(url: string | null): void {
    const shown = url !== null;
    if (!shown) this.#preview.removeAttribute('src');
    else if (this.#preview.getAttribute('src') !== url) this.#preview.src = url;
    this.#preview.hidden = !shown;
    this.#drop.classList.toggle('shown', shown);
    this.#prompt.hidden = shown;
    this.#another.hidden = !shown;
    this.#hint.hidden = shown;
  }

  #showProgress(progress: LoadProgress | null, words: Words): void {
    this.#progress.hidden = progress === null;
    if (!progress) return;
    const { loaded, total, stage } = progress;
    const downloading = stage === 'download';
    const bytes = `${words.preparing} ${megabytes(loaded, total)}`;
    setText(this.#bytes, downloading ? bytes : words.starting);
    this.#meter.ariaLabel = words.preparing;
    if (downloading && total > 0) {
      this.#meter.max = total;
      this.#meter.value = loaded;
    } else {
      this.#meter.removeAttribute('value'); // moves without an end
    }
  }
}

/** What the live region says, and whether the eye should see it too. */
function statusOf({ words, working, progress, result }: State): { text: string; seen: boolean } {
  // The line above the bar says it to the eye; said once to the ear, not at every byte.
  if (working && progress) return { text: words.preparing, seen: false };
  if (working) return { text: `${words.working}…`, seen: true };
  if (!result) return { text: '', seen: false };
  const [first] = result.predictions;
  if (!first) return { text: words.noneSure, seen: true };
  const { answer } = result;
  if (answer.kind === 'unknown') return { text: words.unsure, seen: true };
  if (answer.kind === 'category') {
    const itself = answer.path.at(-1)?.itself ?? false;
    return { text: words.kind(words.nameOf(answer), itself), seen: true };
  }
  const names = result.predictions
    .slice(0, SPOKEN)
    .map((one) => `${words.nameOf(one)} ${percent(one.score)}`);
  return { text: words.spoken(names), seen: false };
}

function itemOf(prediction: Prediction, words: Words): HTMLLIElement {
  const item = make('li', 'item', 'item');
  const name = make('span', 'name', 'name');
  const score = make('span', 'score', 'score');
  const bar = make('span', 'bar', 'bar');
  name.textContent = words.nameOf(prediction);
  score.textContent = percent(prediction.score);
  bar.style.setProperty('--share', `${prediction.score * 100}%`);
  item.append(name, score, bar);
  return item;
}

function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className = '',
  part = '',
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (part) element.part.add(part);
  return element;
}

/** Only changes are written: a live region reads out every write. */
function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
