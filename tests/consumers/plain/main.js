import { createClassifier } from './node_modules/shiwu/dist/index.js';

const classifier = createClassifier();
document.querySelector('input').onchange = async ({ target }) => {
  const { predictions } = await (await classifier).classify(target.files[0]);
  document.querySelector('output').textContent = `${predictions[0].label} ${predictions[0].id}`;
};
