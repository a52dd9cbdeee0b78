// The work itself, through the public API; the same in Node and in a browser's page.

/** Of each model in a tenth. */
const STAYS = 4;

/** Photos of an album, which are named by several workers. */
const ALBUM = 20;

/**
 * `models`: [{ name, options, known }], taken in turn; `known`: it has ImageNet's classes. `pictures`: what
 * pictures.mjs makes, its bytes as Uint8Array. Failures are counted in words, not thrown: `faults`.
 */
export function makeSoak({ createClassifier, models, pictures: { good, broken } }) {
  /** What each model said of each picture the first time. */
  const answers = new Map();
  /** Classifiers that were disposed, and whether anything still holds them. */
  const former = [];
  const faults = [];
  const counts = { named: 0, refused: 0, aborted: 0, switches: 0 };
  let model;
  let classifier;

  const wrong = (what) => {
    if (faults.length < 20) faults.push(what);
  };

  async function change(to) {
    await leave();
    model = to;
    classifier = await createClassifier({ ...to.options, onWarning: () => {} });
    counts.switches++;
  }

  async function leave() {
    if (!classifier) return;
    former.push(new WeakRef(classifier));
    await classifier.dispose();
    classifier = undefined;
  }

  function check({ name, right, code }, { result, error }) {
    if (error) {
      if (error.code === code) counts.refused++;
      else wrong(`${model.name}, ${name}: ${error.code ?? error}`);
      return;
    }
    const { predictions } = result;
    const said = predictions.map(({ id, score }) => `${id} ${score}`).join();
    const key = `${model.name}, ${name}`;
    if (!answers.has(key)) answers.set(key, said);
    if (code) wrong(`${key}: ${code} was expected`);
    else if (answers.get(key) !== said) wrong(`${key}: ${said}, before ${answers.get(key)}`);
    else if (model.known && right && !right.includes(predictions[0].id)) wrong(`${key}: ${said}`);
    else counts.named++;
  }

  /** In one of the ways in which a caller can hold a file. */
  const input = (bytes, n) =>
    [() => new Blob([bytes]), () => bytes, () => bytes.slice().buffer][n % 3]();

  async function one(n) {
    const picture = n % 10 === 9 ? broken[((n - 9) / 10) % broken.length] : good[n % good.length];
    const controller = n % 25 === 7 ? new AbortController() : undefined;
    if (controller) setTimeout(() => controller.abort(), (n % 4) * 4);
    try {
      const options = controller ? { signal: controller.signal } : {};
      check(picture, { result: await classifier.classify(input(picture.bytes, n), options) });
    } catch (error) {
      if (controller && error.code === 'aborted') counts.aborted++;
      else check(picture, { error });
    }
  }

  async function album(n) {
    const list = Array.from({ length: ALBUM }, (_, i) => good[(n + i) % good.length]);
    const inputs = list.map(({ bytes }, i) => input(bytes, i));
    for await (const answer of classifier.classifyMany(inputs, { concurrency: 2 })) {
      check(list[answer.index], answer);
    }
  }

  return {
    faults,
    counts,
    leave,
    /** Disposed classifiers that something still holds; ask after a collection. */
    held: () => former.filter((ref) => ref.deref()).length,
    /** So many classifications from number `from` on. Ends as each ends, with the first model at work. */
    async run(from, count) {
      const stay = Math.max(1, Math.ceil(count / STAYS));
      for (let i = 0; i < count; ) {
        if (i % stay === 0) await change(models[(i / stay) % models.length]);
        if (i % 200 === 100 && i + ALBUM <= count && i % stay <= stay - ALBUM) {
          await album(from + i);
          i += ALBUM;
        } else {
          await one(from + i);
          i++;
        }
      }
      await change(models[0]);
      check(good[0], { result: await classifier.classify(good[0].bytes) });
    },
  };
}
