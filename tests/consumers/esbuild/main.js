import { createClassifier } from 'shiwu';

const classifier = createClassifier({ assetBase: 'dist/shiwu/' });
document.querySelector('input').onchange = async ({ target }) => {
  const { predictions } = await (await classifier).classify(target.files[0]);
  document.querySelector('output').textContent = `${predictions[0].label} ${predictions[0].id}`;
};
