/** The model's description of itself: `shiwu.manifest` in `metadata_props` (models/manifest.schema.json). */
import { ShiwuError } from '../errors.js';

export interface Manifest {
  readonly schema_version: 1;
  readonly id: string;
  readonly version: string;
  readonly name: { readonly zh: string; readonly en: string };
  readonly task: 'single-label' | 'multi-label';
  readonly input: {
    readonly name: string;
    readonly layout: 'NCHW' | 'NHWC';
    /** Height and width in pixels. */
    readonly size: readonly [number, number];
    readonly color: 'RGB' | 'BGR';
    readonly scale: number;
    readonly mean: readonly [number, number, number];
    readonly std: readonly [number, number, number];
  };
  readonly resize: {
    readonly mode: 'crop-shortest' | 'stretch' | 'pad';
    readonly crop_fraction: number;
    readonly filter: 'box' | 'bilinear' | 'hamming' | 'bicubic' | 'lanczos';
  };
  readonly outputs: { readonly logits: string; readonly features?: string | null };
  readonly calibration: { readonly temperature: number };
  readonly labels: { readonly count: number; readonly sha256: string };
  readonly license: string;
  readonly source: string;
}

/**
 * Parses and checks the parts that the classifier acts on. Throws `unpacked-model` where there is
 * no manifest, and `invalid-model` with the name of the field that is missing or wrong.
 */
export function parseManifest(text: string | undefined): Manifest {
  if (text === undefined) throw new ShiwuError('unpacked-model', 'no shiwu.manifest in the file');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ShiwuError('invalid-model', 'shiwu.manifest is not JSON', { cause });
  }
  for (const [path, holds] of RULES) {
    if (!holds(path.split('.').reduce(member, value))) {
      throw new ShiwuError('invalid-model', `shiwu.manifest: ${path}`);
    }
  }
  return value as Manifest;
}

function member(value: unknown, key: string): unknown {
  return value !== null && typeof value === 'object'
    ? (value as Record<string, unknown>)[key]
    : undefined;
}

type Rule = (value: unknown) => boolean;
const text: Rule = (value) => typeof value === 'string' && value.length > 0;
const count: Rule = (value) => Number.isInteger(value) && (value as number) >= 1;
const finite: Rule = (value) => Number.isFinite(value);
const positive: Rule = (value) => Number.isFinite(value) && (value as number) > 0;
const oneOf =
  (...names: unknown[]): Rule =>
  (value) =>
    names.includes(value);
const list =
  (length: number, each: Rule): Rule =>
  (value) =>
    Array.isArray(value) && value.length === length && value.every(each);

const RULES: readonly (readonly [string, Rule])[] = [
  ['schema_version', oneOf(1)],
  ['id', text],
  ['version', text],
  ['name.zh', text],
  ['name.en', text],
  ['task', oneOf('single-label', 'multi-label')],
  ['input.name', text],
  ['input.layout', oneOf('NCHW', 'NHWC')],
  ['input.size', list(2, count)],
  ['input.color', oneOf('RGB', 'BGR')],
  ['input.scale', finite],
  ['input.mean', list(3, finite)],
  ['input.std', list(3, (value) => finite(value) && value !== 0)],
  ['resize.mode', oneOf('crop-shortest', 'stretch', 'pad')],
  ['resize.crop_fraction', (value) => positive(value) && (value as number) <= 1],
  ['resize.filter', oneOf('box', 'bilinear', 'hamming', 'bicubic', 'lanczos')],
  ['outputs.logits', text],
  ['calibration.temperature', positive],
  ['labels.count', count],
  ['license', text],
  ['source', text],
];
