// MediaPipe's image classifier, told to look at the same middle of the photo as the others.
import { middle } from './canvas.mjs';

/** @returns {Promise<import('./contenders.mjs').Adapter>} */
export async function load() {
  const { FilesetResolver, ImageClassifier } = await import('/mediapipe/vision_bundle.mjs');
  const files = await FilesetResolver.forVisionTasks(`${location.origin}/mediapipe/wasm`);
  const classifier = await ImageClassifier.createFromOptions(files, {
    baseOptions: { modelAssetPath: '/models/lite0.tflite', delegate: 'CPU' },
    runningMode: 'IMAGE',
    maxResults: 1,
  });
  return {
    async classify(file) {
      const bitmap = await createImageBitmap(file);
      const { width, height } = bitmap;
      const { left, top, side } = middle(width, height);
      const { classifications } = classifier.classify(bitmap, {
        regionOfInterest: {
          left: left / width,
          top: top / height,
          right: (left + side) / width,
          bottom: (top + side) / height,
        },
      });
      bitmap.close();
      const [{ index, score }] = classifications[0].categories;
      return [index, score];
    },
    dispose: () => classifier.close(),
  };
}
