import { ShiwuError } from '../index.js';
import type {
  Classification,
  Classifier,
  ClassifierOptions,
  ImageInput,
  LoadProgress,
  Prediction,
} from '../types.js';
import { ClassifierHolder, unlessAborted } from './holder.js';
import { type Preview, previewOf } from './preview.js';
import { styleSheet } from './style.js';
import { type State, View } from './view.js';
import { hant, type Words, wordsIn } from './words.js';

/** What the element's events carry. All of them bubble, out of shadow trees too. */
export interface ShiwuClassifierEventMap {
  /** Bytes of the runtime and the model as they arrive. */
  'shiwu-progress': CustomEvent<LoadProgress>;
  /** What the picture shows. */
  'shiwu-result': CustomEvent<Classification>;
  /** A picture, or the model, that could not be read. What was given up for a newer picture is none. */
  'shiwu-error': CustomEvent<ShiwuError>;
}

/**
 * Milliseconds out of the document after which the classifier is disposed. A framework that moves
 * the element takes it out and puts it back sooner.
 */
const GONE_AFTER = 500;
/** How near the window the element comes before it loads its model unasked. */
const NEAR = '300px';
/** Attributes with which another classifier must be loaded. */
const OF_CLASSIFIER: readonly string[] = ['model', 'asset-base', 'backend'];

/** What changes from picture to picture; the rest of a state stands in the attributes. */
type Shown = Pick<State, 'progress' | 'working' | 'result' | 'error'>;

/** On a server, where there are no elements, the module can be imported all the same. */
const Base = (globalThis.HTMLElement ?? class {}) as typeof HTMLElement;

/**
 * `<shiwu-classifier>`: choose, drop or paste a photo, and read what it is.
 *
 * Attributes: `src` (address of a picture to name at once), `model`, `asset-base` and `backend` (as
 * `createClassifier` takes them), `top-k` (names shown, 5 by default), `lang` (`en`, `zh-Hant`, else
 * Chinese in Simplified characters),
 * `disabled` (takes no picture from the visitor).
 *
 * Slots: `prompt` replaces the words on the button, `result` the list of names. Other children are
 * seen only until the element is defined.
 */
export class ShiwuClassifierElement extends Base {
  static readonly observedAttributes = [...OF_CLASSIFIER, 'top-k', 'lang', 'src', 'disabled'];

  #view: View | undefined;
  #holder = new ClassifierHolder(() => this.#options());
  #state: Shown = { progress: null, working: false, result: null, error: null };
  #preview: Preview | null = null;
  /** The `src` that was taken up last. */
  #src: string | null = null;
  /** The address of the picture at work, or of the last one; a picture without one is not held. */
  #address: string | undefined;
  /** A newer picture aborts it. */
  #work: AbortController | undefined;
  #nearness: IntersectionObserver | undefined;
  #leaving: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    const root = this.attachShadow({ mode: 'open', delegatesFocus: true });
    root.adoptedStyleSheets = [styleSheet()];
    this.#view = new View(root, () => this.#setPreview(null));
    this.#listen(this.#view.input);
  }

  /** The classifier at work; null until it is loaded. One that is set here stays yours to dispose. */
  get classifier(): Classifier | null {
    return this.#holder.current;
  }

  set classifier(classifier: Classifier | null) {
    this.#holder.give(classifier);
  }

  /** The answer shown; null before the first, while a picture is looked at, and after a failure. */
  get result(): Classification | null {
    return this.#state.result;
  }

  /**
   * Names a picture and shows it with its answer. Rejects with a `ShiwuError`: `aborted` when a newer
   * picture took its place or the element left the document.
   */
  async classify(input: ImageInput): Promise<Classification> {
    this.#work?.abort();
    const work = new AbortController();
    this.#work = work;
    this.#address = typeof input === 'string' ? input : undefined;
    this.#show({ working: true, result: null, error: null });
    void this.#showPreview(input, work.signal);
    let classifier: Classifier | undefined;
    try {
      classifier = await unlessAborted(this.#holder.get(), work.signal);
      const topK = this.#topK();
      const result = await classifier.classify(input, {
        signal: work.signal,
        ...(topK === undefined ? {} : { topK }),
        moreNames: this.#words === hant,
      });
      if (work.signal.aborted) throw new ShiwuError('aborted');
      this.#show({ working: false, result });
      this.#tell('shiwu-result', result);
      void this.#addNames(); // their table may come later than the answer
      return result;
    } catch (cause) {
      const error = toShiwuError(cause);
      if (work.signal.aborted) throw error;
      // Given up for one of the page's, which takes the picture over.
      const { given } = this.#holder;
      const isGivenUp = error.code === 'aborted' || error.code === 'disposed';
      if (isGivenUp && given && given !== classifier) return this.classify(input);
      this.#fail(error);
      throw error;
    }
  }

  connectedCallback(): void {
    clearTimeout(this.#leaving);
    this.#show({});
    this.#loadWhenNear();
    this.#takeSrcSoon();
  }

  disconnectedCallback(): void {
    this.#nearness?.disconnect();
    this.#leaving = setTimeout(() => this.#release(), GONE_AFTER);
  }

  attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    if (before === after) return;
    if (name === 'src') this.#takeSrcSoon();
    else if (!OF_CLASSIFIER.includes(name)) {
      this.#show({});
      if (name === 'lang') void this.#addNames();
    } else {
      this.#release();
      if (this.isConnected) this.#loadWhenNear();
      this.#takeSrcSoon();
    }
  }

  /** After the other attributes, of which some may say with what model. */
  #takeSrcSoon(): void {
    queueMicrotask(() => {
      const src = this.getAttribute('src');
      if (!this.isConnected || src === this.#src) return;
      this.#src = src;
      if (src) this.#take(src);
    });
  }

  /** The classifier goes; what is shown stays, and the next picture loads anew. */
  #release(): void {
    // Unanswered, it is taken up once more.
    if (this.#state.working && this.#address === this.#src) this.#src = null;
    this.#work?.abort();
    this.#holder.drop();
    this.#show({ working: false, progress: null });
  }

  /** A picture from the visitor or the markup: nobody awaits it, and a failure is shown and told. */
  #take(input: ImageInput): void {
    this.classify(input).catch(() => {});
  }

  #loadWhenNear(): void {
    this.#nearness?.disconnect();
    this.#nearness = new IntersectionObserver(
      (entries) => {
        if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
        this.#nearness?.disconnect();
        // While a picture is at work, it is what tells of a failure.
        this.#holder.get().catch((cause: unknown) => {
          const error = toShiwuError(cause);
          if (error.code !== 'aborted' && !this.#state.working) this.#fail(error);
        });
      },
      { rootMargin: NEAR },
    );
    this.#nearness.observe(this);
  }

  #options(): ClassifierOptions {
    const model = this.getAttribute('model');
    const assetBase = this.getAttribute('asset-base');
    const backend = this.getAttribute('backend') as ClassifierOptions['backend'] | null;
    return {
      ...(model ? { model } : {}),
      ...(assetBase ? { assetBase } : {}),
      ...(backend ? { backend } : {}),
      onProgress: (progress) => {
        this.#show({ progress: progress.stage === 'ready' ? null : progress });
        this.#tell('shiwu-progress', progress);
      },
    };
  }

  /** Undefined, the default, unless the attribute says another number of 1 or more. */
  #topK(): number | undefined {
    const topK = Number(this.getAttribute('top-k') ?? Number.NaN);
    return Number.isInteger(topK) && topK >= 1 ? topK : undefined;
  }

  #listen(input: HTMLInputElement): void {
    input.addEventListener('change', () => {
      const [file] = input.files ?? [];
      input.value = ''; // so that the same file can be chosen again
      if (file) this.#take(file);
    });
    const holdsFiles = (event: DragEvent) =>
      !this.#disabled && (event.dataTransfer?.types.includes('Files') ?? false);
    const over = (event: DragEvent) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy';
      this.#mark(true);
    };
    this.addEventListener('dragenter', over);
    this.addEventListener('dragover', over);
    this.addEventListener('dragleave', () => this.#mark(false));
    this.addEventListener('drop', (event) => {
      this.#mark(false);
      if (!holdsFiles(event)) return;
      event.preventDefault();
      this.#takeFirst(event.dataTransfer?.files);
    });
    this.addEventListener('paste', (event) => {
      if (this.#disabled || !event.clipboardData?.files.length) return;
      event.preventDefault();
      this.#takeFirst(event.clipboardData.files);
    });
  }

  /** Of several files the first that says it is a picture; else the first: the bytes decide. */
  #takeFirst(files: FileList | undefined): void {
    const all = [...(files ?? [])];
    const file = all.find(({ type }) => type.startsWith('image/')) ?? all[0];
    if (file) this.#take(file);
  }

  #mark(over: boolean): void {
    if (this.#view) this.#view.over = over;
  }

  get #words(): Words {
    return wordsIn(this.getAttribute('lang'));
  }

  /** An answer that came before Traditional characters were asked for, or there, gets its names. */
  async #addNames(): Promise<void> {
    const { result } = this.#state;
    const classifier = this.#holder.current;
    if (this.#words !== hant || !result || !classifier) return;
    const named = async <T extends Classification['answer'] | Prediction>(one: T): Promise<T> => {
      const found = one.label_zh_hant ? null : await classifier.describe(one.id ?? '');
      // A class of a model of one's own may bear another name.
      if (found?.label_zh !== one.label_zh) return one;
      return { ...one, label_zh_hant: found.label_zh_hant };
    };
    try {
      const predictions = await Promise.all(result.predictions.map(named));
      const answer = await named(result.answer);
      if (this.#state.result === result) this.#show({ result: { ...result, answer, predictions } });
    } catch {
      // The names stay as they are.
    }
  }

  get #disabled(): boolean {
    return this.hasAttribute('disabled');
  }

  async #showPreview(input: ImageInput, signal: AbortSignal): Promise<void> {
    const preview = await previewOf(input);
    if (signal.aborted) {
      preview?.release();
      return;
    }
    this.#setPreview(preview);
  }

  #setPreview(preview: Preview | null): void {
    const former = this.#preview;
    this.#preview = preview;
    this.#show({});
    former?.release(); // not while it is shown
  }

  #fail(error: ShiwuError): void {
    this.#show({ working: false, progress: null, result: null, error });
    this.#tell('shiwu-error', error);
  }

  #show(change: Partial<Shown>): void {
    this.#state = { ...this.#state, ...change };
    this.#view?.show({
      ...this.#state,
      words: this.#words,
      disabled: this.#disabled,
      preview: this.#preview?.url ?? null,
    });
  }

  #tell<K extends keyof ShiwuClassifierEventMap>(
    type: K,
    detail: ShiwuClassifierEventMap[K]['detail'],
  ): void {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
  }
}

function toShiwuError(error: unknown): ShiwuError {
  if (error instanceof ShiwuError) return error;
  return new ShiwuError('inference-failed', String(error), { cause: error });
}
