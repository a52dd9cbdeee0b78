import type { Classification, Region } from 'shiwu';
import { percent } from '../answer/format.js';
import { inWords } from '../answer/sentence.js';
import { sentenceOf } from '../answer/tone.js';
import { copy } from '../copy/index.js';
import { knowsOne } from '../state/classifier.js';
import { language } from '../state/language.js';
import { words } from './words.js';

/** Longest side of the photo in the picture, in pixels. */
const LONGEST = 1600;
const NARROWEST = 640;
const QUALITY = 0.92;

const PAPER = '#fbfcf9';
const INK = '#18211e';
const INK_SOFT = '#52605a';
const SEAL = '#b23a25';
const SONG = '"Songti SC", "Noto Serif CJK SC", "Source Han Serif SC", STSong, SimSun, serif';
const HEI = '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", system-ui, sans-serif';

/** The photo, or the part asked about, on paper, with what it is written below as on a label. */
export async function captioned(
  photo: Blob,
  result: Classification,
  region: Region | null,
): Promise<Blob> {
  const whole = await createImageBitmap(photo);
  const part = region ?? { x: 0, y: 0, width: whole.width, height: whole.height };
  const scale = Math.min(1, LONGEST / Math.max(part.width, part.height));
  const width = Math.max(1, Math.round(part.width * scale));
  const height = Math.max(1, Math.round(part.height * scale));
  const sheet = Math.max(width, NARROWEST);
  const unit = sheet / 40;
  const margin = Math.round(unit);
  const canvas = new OffscreenCanvas(sheet + 2 * margin, height + margin + Math.round(unit * 6.4));
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no canvas');
  context.fillStyle = PAPER;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = 'high';
  const left = margin + Math.round((sheet - width) / 2);
  context.drawImage(whole, part.x, part.y, part.width, part.height, left, margin, width, height);
  whole.close();
  write(context, { left: margin, top: margin + height, width: sheet, unit }, result);
  return canvas.convertToBlob({ type: 'image/jpeg', quality: QUALITY });
}

interface Strip {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly unit: number;
}

function write(
  context: OffscreenCanvasRenderingContext2D,
  { left, top, width, unit }: Strip,
  result: Classification,
): void {
  const tongue = language.value;
  const answer = sentenceOf(result, knowsOne());
  const name = answer ? inWords(answer, copy.value, tongue) : copy.value.noneSure;
  const other = answer?.[tongue === 'zh' ? 'en' : 'zh'];
  const sure = answer?.prediction ? percent(answer.prediction.score) : '';
  context.fillStyle = INK;
  context.font = `700 ${unit * 2}px ${SONG}`;
  // A long name is set smaller, and squeezed only where even that is not enough.
  const fit = Math.max(0.6, Math.min(1, width / context.measureText(name).width));
  context.font = `700 ${unit * 2 * fit}px ${SONG}`;
  context.fillText(name, left, top + unit * 2.9, width);
  context.fillStyle = INK_SOFT;
  context.font = `${unit * 1.05}px ${HEI}`;
  context.fillText(
    [other !== answer?.[tongue] && other, sure].filter(Boolean).join(' · '),
    left,
    top + unit * 4.8,
    width * 0.72,
  );
  context.textAlign = 'right';
  context.fillStyle = SEAL;
  context.fillText(words.value.signature, left + width, top + unit * 4.8);
}
