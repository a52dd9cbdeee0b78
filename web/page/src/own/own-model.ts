/** A model that the visitor put in, with what they said of it. */
export interface OwnModel {
  readonly file: File;
  /** What came with it, its weights perhaps: models may keep them in other files. */
  readonly data?: readonly File[];
  /** Of the file's bytes, in hexadecimal; null where the page was not opened over https. */
  readonly sha256: string | null;
  /** Null: its file says everything. */
  readonly answers: Answers | null;
}

/** Which numbers the network takes for pixels: by ImageNet's mean and deviation, 0..1, −1..1, 0..255. */
export const PIXELS = ['usual', 'unit', 'symmetric', 'raw'] as const;
export const COLORS = ['RGB', 'BGR'] as const;
export const FITS = ['crop-shortest', 'stretch', 'pad'] as const;
export const TASKS = ['single-label', 'multi-label'] as const;

/** What a model's file did not say. */
export interface Answers {
  /** Text of a label file, as label-file.ts reads it. */
  readonly labels: string;
  readonly pixels: (typeof PIXELS)[number];
  readonly color: (typeof COLORS)[number];
  readonly fit: (typeof FITS)[number];
  readonly task: (typeof TASKS)[number];
  /** Height and width of the input in pixels; null where the network says it. */
  readonly size: number | null;
}

/** Of the model and what came with it. */
export function bytesOf({ file, data = [] }: OwnModel): number {
  return data.reduce((sum, { size }) => sum + size, file.size);
}

export async function sha256Of(file: File): Promise<string | null> {
  if (!globalThis.crypto?.subtle) return null;
  const digest = await crypto.subtle.digest('SHA-256', await file.arrayBuffer());
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** What the library says where a model's file names no licence, source or version. */
export const UNKNOWN = 'unknown';
