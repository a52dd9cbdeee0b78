/** 0.384 → "38%", 0.0123 → "1.2%", 0.0004 → "<0.1%"; never "100%" for less than that. */
export function percent(score: number): string {
  const value = score * 100;
  if (value >= 99.95) return '100%';
  if (value >= 99) return `${(Math.floor(value * 10) / 10).toFixed(1)}%`;
  if (value >= 10) return `${Math.round(value)}%`;
  if (value >= 0.1) return `${value.toFixed(1)}%`;
  return '<0.1%';
}

/** Bytes as megabytes (10^6, as shops and browsers count) with one decimal. */
export function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}

/** 43120 → "43 kB", 5060000 → "5.1 MB", 10738500000 → "10.7 GB". */
export function fileSize(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(1)} GB`;
  return bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${megabytes(bytes)} MB`;
}

/** Whole milliseconds, with one decimal where it matters. */
export function milliseconds(ms: number): string {
  return ms < 10 ? ms.toFixed(1).replace(/\.0$/, '') : Math.round(ms).toString();
}
