import { type ChangeEvent, useEffect, useState } from 'react';
import { useClassifier } from './useClassifier';

export function WhatIsIt() {
  const { progress, working, result, error, classify } = useClassifier();
  const [photo, setPhoto] = useState<File | null>(null);
  const preview = useObjectUrl(photo);

  const choose = ({ target }: ChangeEvent<HTMLInputElement>) => {
    const file = target.files?.[0];
    if (!file) return;
    setPhoto(file);
    void classify(file);
  };

  return (
    <>
      <h1>这是什么？</h1>
      <label>
        选一张照片 <input type="file" accept="image/*" onChange={choose} />
      </label>
      {preview && <img src={preview} alt="待认的照片" />}
      <p role="status">
        {working && (progress ? `正在准备识别模型，${percent(progress)}` : '正在看……')}
      </p>
      {error && <p role="alert">{error.zh}</p>}
      {result && (
        <ol data-testid="answer" data-class-id={result.predictions[0]?.id}>
          {result.predictions.map(({ id, label, score }) => (
            <li key={id}>
              {label} {(score * 100).toFixed(1)}%
            </li>
          ))}
        </ol>
      )}
    </>
  );
}

function percent({ loaded, total }: { loaded: number; total: number }): string {
  return total > 0 ? `${Math.floor((loaded / total) * 100)}%` : `${(loaded / 1e6).toFixed(1)} MB`;
}

function useObjectUrl(file: File | null): string | null {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    if (!file) return;
    const made = URL.createObjectURL(file);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  return url;
}
