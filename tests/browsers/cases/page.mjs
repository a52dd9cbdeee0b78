// Runs in pages and in Node. A driver hands a page the function's text alone: it sees nothing from around it.

/** What the package at `entry` says of a picture (by the bundled model, or by one that is given). */
export async function look(entry, picture, name, model) {
  const bytes = (base64) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const { createClassifier } = await import(entry);
  try {
    const options = {};
    if (model) {
      options.model = new Blob([bytes(model.file)]);
      options.labels = Array.from({ length: model.classes }, (_, i) => String(i + 1));
      if (model.data) options.externalData = [new File([bytes(model.data)], `${model.name}.data`)];
    }
    globalThis.kept ??= model ? undefined : createClassifier();
    const classifier = await (model ? createClassifier(options) : globalThis.kept);
    const { predictions } = await classifier.classify(new File([bytes(picture)], name));
    if (model) await classifier.dispose();
    const [first] = predictions;
    return { label: first.label_zh, score: first.score };
  } catch (error) {
    return { error: error.code ?? String(error) };
  }
}
