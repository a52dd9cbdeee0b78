/**
 * Protocol buffers, as far as an .onnx file is looked into here: messages are walked field by field and
 * fields replaced; nothing is parsed whole. Encoding: protobuf.dev, "Encoding".
 */

export interface Field {
  readonly number: number;
  /** 0: a whole number; 1: 8 bytes; 2: bytes with their length ahead; 5: 4 bytes. */
  readonly wire: number;
  /** Of the tag. */
  readonly start: number;
  /** Of what the field holds; a whole number is in `value`. */
  readonly from: number;
  readonly end: number;
  readonly value: number;
}

/** Part of the file: a message, from its first byte to behind its last. */
export interface Span {
  readonly from: number;
  readonly end: number;
}

const BYTES = 2;

/** The fields of a message. Throws `RangeError` where the bytes are none. */
export function* fieldsOf(bytes: Uint8Array, { from, end }: Span): Generator<Field> {
  let at = from;
  const whole = (): number => {
    let [value, scale] = [0, 1];
    for (let count = 0; count < 10; count++) {
      const byte = at < end ? (bytes[at++] as number) : undefined;
      if (byte === undefined) break;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
    throw new RangeError(`no protobuf at byte ${at}`);
  };
  while (at < end) {
    const start = at;
    const tag = whole();
    const wire = tag % 8;
    const value = wire === 0 || wire === BYTES ? whole() : 0;
    const length = { 0: 0, 1: 8, 2: value, 5: 4 }[wire];
    if (length === undefined || at + length > end) {
      throw new RangeError(`no protobuf at byte ${start}`);
    }
    const first = at;
    at += length;
    yield { number: Math.floor(tag / 8), wire, start, from: first, end: at, value };
  }
}

/** The messages and texts that a message has under this number. */
export function* spansOf(bytes: Uint8Array, message: Span, number: number): Generator<Span> {
  for (const field of fieldsOf(bytes, message)) {
    if (field.number === number && field.wire === BYTES) yield field;
  }
}

export function textOf(bytes: Uint8Array, { from, end }: Span): string {
  return new TextDecoder().decode(bytes.subarray(from, end));
}

/** The text that a message has under this number; '' where there is none. */
export function textAt(bytes: Uint8Array, message: Span, number: number): string {
  let text = '';
  for (const span of spansOf(bytes, message, number)) text = textOf(bytes, span);
  return text;
}

/** The whole number that a message has under this number; 0 where there is none. */
export function wholeAt(bytes: Uint8Array, message: Span, number: number): number {
  let found = 0;
  for (const field of fieldsOf(bytes, message)) {
    if (field.number === number && field.wire === 0) found = field.value;
  }
  return found;
}

/** Bytes in pieces, which are put together once, at the end. */
export type Pieces = readonly Uint8Array[];

export const sizeOf = (pieces: Pieces): number =>
  pieces.reduce((sum, { length }) => sum + length, 0);

/** A field of bytes, with its tag and length. */
export function field(number: number, pieces: Pieces): Pieces {
  return [Uint8Array.from([...varint(number * 8 + BYTES), ...varint(sizeOf(pieces))]), ...pieces];
}

export function wholeField(number: number, value: number): Pieces {
  return [Uint8Array.from([...varint(number * 8), ...varint(value)])];
}

export function textField(number: number, text: string): Pieces {
  return field(number, [new TextEncoder().encode(text)]);
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest % 128) + 128);
  }
}

/**
 * A message with some of its fields changed: `change` answers the bytes in a field's place, [] to leave
 * it out, or undefined to keep it. undefined when none was changed.
 */
export function edited(
  bytes: Uint8Array,
  message: Span,
  change: (field: Field) => Pieces | undefined,
): Pieces | undefined {
  const pieces: Uint8Array[] = [];
  let kept = message.from;
  for (const each of fieldsOf(bytes, message)) {
    const instead = change(each);
    if (!instead) continue;
    pieces.push(bytes.subarray(kept, each.start), ...instead);
    kept = each.end;
  }
  if (kept === message.from && pieces.length === 0) return undefined;
  return [...pieces, bytes.subarray(kept, message.end)];
}

/** Throws `RangeError` where no memory holds it. */
export function joined(pieces: Pieces): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(sizeOf(pieces));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
