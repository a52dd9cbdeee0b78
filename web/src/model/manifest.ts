/** The model's description of itself: `shiwu.manifest` in `metadata_props` (models/manifest.schema.json). */
import { ShiwuError } from '../errors.js';
import type { ManifestInit } from '../types.js';

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
  readonly calibration: {
    readonly temperature: number;
    /** What being right weighs against being specific, 0 or more. */
    readonly hedge?: number;
    /** The least log sum exp of the logits of something known. */
    readonly familiar?: number;
  };
  readonly labels: { readonly count: number };
  readonly license: string;
  readonly source: string;
}

/**
 * Parses and checks the parts that the classifier acts on. Throws `unpacked-model` where there is
 * no manifest, and `invalid-model` with the name of the field that is missing or wrong.
 */
export function parseManifest(text: string | undefined, over: ManifestInit = {}): Manifest {
  if (text === undefined) throw new ShiwuError('unpacked-model', 'no shiwu.manifest in the file');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ShiwuError('invalid-model', 'shiwu.manifest is not JSON', { cause });
  }
  const merged = merge(value, over);
  for (const [path, holds] of RULES) {
    if (!holds(path.split('.').reduce(member, merged))) {
      throw new ShiwuError('invalid-model', `shiwu.manifest: ${path}`);
    }
  }
  return merged as Manifest;
}

/** Throws `invalid-argument` with the name of a field that a caller got wrong or that there is not. */
export function checkManifestInit(init: ManifestInit): void {
  for (const [path, value] of leaves(init)) {
    const rule =
      RULES.find(([known]) => known === path)?.[1] ?? EXTRA.get(path.split('.')[0] ?? '');
    const holds = path === 'outputs.features' ? value === null || text(value) : rule?.(value);
    if (!holds) throw new ShiwuError('invalid-argument', `manifest: ${path}`);
  }
}

/** `base` with the fields of `over` in place of its own. Only objects are merged, not lists. */
export function merge(base: unknown, over: unknown): unknown {
  if (over === undefined) return base;
  if (!isObject(over)) return over;
  const merged: Record<string, unknown> = isObject(base) ? { ...base } : {};
  for (const [key, value] of Object.entries(over)) merged[key] = merge(merged[key], value);
  return merged;
}

/** Paths and values of what is stated; a manifest nests two deep. */
function leaves(init: ManifestInit): [string, unknown][] {
  if (!isObject(init)) return [['', init]];
  return Object.entries(init)
    .flatMap(([key, value]): [string, unknown][] =>
      isObject(value)
        ? Object.entries(value).map(([inner, leaf]) => [`${key}.${inner}`, leaf])
        : [[key, value]],
    )
    .filter(([, value]) => value !== undefined);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function member(value: unknown, key: string): unknown {
  return isObject(value) ? value[key] : undefined;
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
const orAbsent =
  (rule: Rule): Rule =>
  (value) =>
    value === undefined || rule(value);
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
  ['calibration.hedge', orAbsent((value) => finite(value) && (value as number) >= 0)],
  ['calibration.familiar', orAbsent(finite)],
  ['labels.count', count],
  ['license', text],
  ['source', text],
];

/** Fields of a whole manifest that a caller may leave in, and that are not theirs to say. */
const EXTRA = new Map<string, Rule>(
  ['labels', 'head', 'made_by', 'parity'].map((name) => [name, () => true]),
);
