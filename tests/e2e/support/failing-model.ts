/** A network that fails in a run, and only for a picture that is white all over. */

type Field = Buffer;

const varint = (value: number): Buffer => {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(rest)]);
};
const number = (field: number, value: number): Field =>
  Buffer.concat([varint(field << 3), varint(value)]);
const bytes = (field: number, data: Buffer | string): Field => {
  const content = Buffer.from(data);
  return Buffer.concat([varint((field << 3) | 2), varint(content.length), content]);
};
const message = (field: number, ...fields: Field[]): Field => bytes(field, Buffer.concat(fields));

const FLOAT = 1;
const INT64 = 7;

/** As onnx.proto has it, each in its list of the graph. */
const node = (op: string, inputs: string[], output: string, ...attributes: Field[]): Field =>
  message(
    1,
    ...inputs.map((name) => bytes(1, name)),
    bytes(2, output),
    bytes(4, op),
    ...attributes,
  );
const attribute = (name: string, value: number): Field =>
  message(5, bytes(1, name), number(3, value), number(20, 2));
const value = (field: number, name: string, sides: number[]): Field =>
  message(
    field,
    bytes(1, name),
    message(
      2,
      message(1, number(1, FLOAT), message(2, ...sides.map((side) => message(1, number(1, side))))),
    ),
  );

/**
 * The picture's darkest number chooses a row of a table with two: −2 for black, and for white 2, which there is not.
 * ImageNet's normalization, which is assumed for models that say nothing, makes −2.1 and 2.2 of them.
 */
export function failingModel(): Buffer {
  const rows = Buffer.from(Float32Array.of(5, 0, 0, 5).buffer);
  const graph = [
    node('ReduceMin', ['image'], 'darkest', attribute('keepdims', 0)),
    node('Cast', ['darkest'], 'row', attribute('to', INT64)),
    node('Gather', ['table', 'row'], 'scores', attribute('axis', 0)),
    bytes(2, 'failing'),
    message(
      5,
      ...[2, 1, 2].map((side) => number(1, side)),
      number(2, FLOAT),
      bytes(8, 'table'),
      bytes(9, rows),
    ),
    value(11, 'image', [1, 3, 8, 8]),
    value(12, 'scores', [1, 2]),
  ];
  return Buffer.concat([number(1, 8), message(8, number(2, 13)), message(7, ...graph)]);
}
