// shiwu itself, with either engine.

/**
 * @param {{ engine: 'shiwu' | 'ort', threads?: number, precision?: 'exact' | 'fast' }} options
 * @returns {Promise<import('./contenders.mjs').Adapter>}
 */
export async function load({ precision, ...options }) {
  const { createClassifier } = await import('/shiwu/index.js');
  const classifier = await createClassifier(options);
  return {
    async classify(file) {
      const { predictions, timings } = await classifier.classify(file, { topK: 1, precision });
      return [predictions[0].index, predictions[0].score, timings];
    },
    async *classifyMany(files, concurrency) {
      const asked = concurrency ? { topK: 1, precision, concurrency } : { topK: 1, precision };
      for await (const { result, error } of classifier.classifyMany(files, asked)) {
        if (error) throw error;
        yield [result.predictions[0].index, result.predictions[0].score];
      }
    },
    dispose: () => classifier.dispose(),
  };
}
