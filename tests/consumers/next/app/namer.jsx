'use client';

import { useEffect, useState } from 'react';
import { createClassifier } from 'shiwu';

export function Namer() {
  const [classifier, setClassifier] = useState();
  const [answer, setAnswer] = useState('');

  useEffect(() => {
    let gone = false;
    const loading = createClassifier();
    loading.then((one) => gone || setClassifier(one));
    return () => {
      gone = true;
      loading.then((one) => one.dispose());
    };
  }, []);

  async function name({ target }) {
    const { predictions } = await classifier.classify(target.files[0]);
    setAnswer(`${predictions[0].label} ${predictions[0].id}`);
  }

  return (
    <>
      <input type="file" accept="image/*" disabled={!classifier} onChange={name} />
      <output>{answer}</output>
    </>
  );
}
