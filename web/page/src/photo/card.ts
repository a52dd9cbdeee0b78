import type { Classification, Description, Region } from 'shiwu';
import { inWords } from '../answer/sentence.js';
import { sentenceOf } from '../answer/tone.js';
import { copy } from '../copy/index.js';
import { siteAddress } from '../state/address.js';
import { classifierForPhoto, isOwn, knowsOne } from '../state/classifier.js';
import { language, told, written } from '../state/language.js';
import { firstSentence, lines } from './text-lines.js';
import { words } from './words.js';

/** A card to keep or pass on: the photo, its name and a sentence about it, the date, and where it was named. */

/** Pixels. */
const WIDTH = 1080;
const MARGIN = 54;
const INSIDE = WIDTH - 2 * MARGIN;
/** A taller photo is narrower than the card, and stands in its middle. */
const TALLEST = 1300;
const CODE = 168;
const QUALITY = 0.9;

const PAPER = '#fbfcf9';
const SUNK = '#e4e9e2';
const LINE = '#d3dad2';
const INK = '#18211e';
const INK_SOFT = '#52605a';
const SEAL = '#b23a25';
const SONG = '"Songti SC", "Noto Serif CJK SC", "Source Han Serif SC", STSong, SimSun, serif';
const HEI = '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", system-ui, sans-serif';
const LATIN = 'Georgia, "Times New Roman", serif';

/** One line of the card's text; `top` is how far below the one before its baseline lies. */
interface Line {
  readonly text: string;
  readonly font: string;
  readonly color: string;
  readonly top: number;
}

export async function cardOf(
  photo: Blob,
  result: Classification,
  region: Region | null,
): Promise<Blob> {
  const [whole, text, code] = await Promise.all([
    createImageBitmap(photo),
    textOf(result),
    codeOf(siteAddress()),
  ]);
  const part = region ?? { x: 0, y: 0, width: whole.width, height: whole.height };
  const scale = Math.min(INSIDE / part.width, TALLEST / part.height);
  const width = Math.max(1, Math.round(part.width * scale));
  const height = Math.max(1, Math.round(part.height * scale));
  const foot = MARGIN + height + 30 + text.reduce((sum, { top }) => sum + top, 0) + 40;
  const canvas = new OffscreenCanvas(WIDTH, foot + CODE + 2 * 28 + 12);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no canvas');

  context.fillStyle = PAPER;
  context.fillRect(0, 0, WIDTH, canvas.height);
  context.fillStyle = SUNK;
  context.fillRect(MARGIN, MARGIN, INSIDE, height);
  context.imageSmoothingQuality = 'high';
  const left = MARGIN + Math.round((INSIDE - width) / 2);
  context.drawImage(whole, part.x, part.y, part.width, part.height, left, MARGIN, width, height);
  whole.close();

  let y = MARGIN + height + 30;
  for (const line of text) {
    y += line.top;
    context.font = line.font;
    context.fillStyle = line.color;
    context.fillText(line.text, MARGIN, y, INSIDE);
  }
  drawFoot(context, foot, code);
  return canvas.convertToBlob({ type: 'image/jpeg', quality: QUALITY });
}

/** What is said of it, from the top down. */
async function textOf(result: Classification): Promise<Line[]> {
  const tongue = language.value;
  const answer = sentenceOf(result, knowsOne());
  const name = answer ? inWords(answer, copy.value, tongue) : copy.value.noneSure;
  const known = answer ? await describe(answer.prediction?.id ?? answer.path.at(-1)?.id) : null;
  // Of an own model's class of the same id something else may be true.
  const named = answer?.prediction?.label_zh ?? answer?.path.at(-1)?.zh;
  const description = known?.label_zh === named ? known : null;
  const other = answer && (tongue === 'zh' ? answer.en : written(answer.zh));
  const about = description && told({ zh: description.about_zh, en: description.about_en });
  const pinyin = description?.label_pinyin ?? '';
  const nameFont = (size: number) => `700 ${size}px ${SONG}`;
  const size = Math.min(80, (INSIDE / widthOf(name, nameFont(80))) * 80);
  const small = `30px ${HEI}`;
  const latin = `italic 34px ${LATIN}`;
  const beside = [other !== answer?.[tongue] && other, tongue === 'en' && pinyin].filter(Boolean);
  const aboutFont = `32px ${HEI}`;
  return [
    ...(tongue === 'zh' && pinyin ? [{ text: pinyin, font: small, color: INK_SOFT, top: 44 }] : []),
    { text: name, font: nameFont(Math.max(44, size)), color: INK, top: Math.max(62, size * 1.15) },
    ...(beside.length > 0
      ? [
          {
            text: beside.join(' · '),
            font: tongue === 'zh' ? latin : small,
            color: INK_SOFT,
            top: 56,
          },
        ]
      : []),
    ...lines(firstSentence(about ?? ''), INSIDE, (text) => widthOf(text, aboutFont)).map(
      (text, i) => ({ text, font: aboutFont, color: INK, top: i === 0 ? 68 : 50 }),
    ),
  ];
}

async function describe(id: string | undefined): Promise<Description | null> {
  if (!id || isOwn()) return null;
  // A card without its sentence is a card all the same.
  return classifierForPhoto()
    .then((classifier) => classifier.describe(id))
    .catch(() => null);
}

/** The address as a QR code, in rows of modules; fetched only here. */
async function codeOf(address: string | null): Promise<boolean[][] | null> {
  if (!address) return null;
  const { encodeQR } = await import('qr');
  const framed = encodeQR(address, 'raw', { ecc: 'medium', border: 1 });
  // Its edge lies where the photo's does; the paper is wide enough around it.
  return framed.slice(1, -1).map((row) => row.slice(1, -1));
}

function drawFoot(
  context: OffscreenCanvasRenderingContext2D,
  top: number,
  code: boolean[][] | null,
): void {
  context.fillStyle = LINE;
  context.fillRect(MARGIN, top, INSIDE, 2);
  const middle = top + 28 + CODE / 2;
  const address = siteAddress();
  const date = new Intl.DateTimeFormat(copy.value.lang, { dateStyle: 'long' }).format(new Date());
  const room = INSIDE - (code ? CODE + 40 : 0);
  context.fillStyle = SEAL;
  context.font = `700 38px ${SONG}`;
  context.fillText(words.value.signature, MARGIN, middle - (address ? 34 : 10), room);
  context.fillStyle = INK_SOFT;
  context.font = `28px ${HEI}`;
  context.fillText(date, MARGIN, middle + (address ? 14 : 38), room);
  if (address) context.fillText(plain(address), MARGIN, middle + 60, room);
  if (!code) return;
  // Whole pixels to a module; the paper around it is its quiet zone.
  const module = Math.max(1, Math.floor(CODE / code.length));
  const side = module * code.length;
  const left = WIDTH - MARGIN - side;
  context.fillStyle = INK;
  for (const [y, row] of code.entries()) {
    for (const [x, dark] of row.entries()) {
      if (dark) {
        context.fillRect(left + x * module, middle - side / 2 + y * module, module, module);
      }
    }
  }
}

/** As one would write it by hand. */
const plain = (address: string) => address.replace(/^https?:\/\//, '').replace(/\/$/, '');

let measuring: OffscreenCanvasRenderingContext2D | null = null;

function widthOf(text: string, font: string): number {
  measuring ??= new OffscreenCanvas(1, 1).getContext('2d');
  if (!measuring) return 0;
  measuring.font = font;
  return measuring.measureText(text).width;
}
