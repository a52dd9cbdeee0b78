// What is read of an .onnx file's graph without running it: how its outputs end. Broken files say nothing.
import { describe, expect, it } from 'vitest';
import type { ShiwuError } from '../../web/src/errors.js';
import { activationsOf } from '../../web/src/model/onnx/graph.js';
import { withoutMaps } from '../../web/src/model/onnx/maps.js';
import { field, fieldsOf, joined, type Pieces, textField } from '../../web/src/model/onnx/proto.js';
import { externalFiles, withWeights } from '../../web/src/model/onnx/weights.js';
import { read } from './support/core.js';

type Wire = [operator: string, inputs: string, output: string];

/** ModelProto 7: graph; GraphProto 1, 12: nodes, the output y; NodeProto 1, 2, 4: inputs, outputs, operator. */
function modelOf(...nodes: Wire[]): Uint8Array<ArrayBuffer> {
  const graph = nodes.flatMap(([operator, inputs, output]): Pieces => {
    const names = inputs.split(' ').flatMap((name) => textField(1, name));
    return field(1, [...names, ...textField(2, output), ...textField(4, operator)]);
  });
  return joined(field(7, [...graph, ...field(12, textField(1, 'y'))]));
}

describe('how an output ends', () => {
  // Which is why nobody looks for it at each start.
  it.each(['lite0', 'lite2'])('in no activation in %s, which ships', async (name) => {
    const ends = activationsOf(await read(`models/bundles/${name}/${name}.onnx`));
    expect(Object.fromEntries(ends)).toEqual({ output: null, features: null, feature_map: null });
  });

  it.each<[string, Wire[], string | null]>([
    ['in softmax', [['Softmax', 'z', 'y']], 'softmax'],
    ['in sigmoid', [['Sigmoid', 'z', 'y']], 'sigmoid'],
    ['in straight lines', [['HardSigmoid', 'z', 'y']], 'sigmoid'],
    ['in logits', [['Gemm', 'x w b', 'y']], null],
    [
      'in a sigmoid that is half of a SiLU',
      [
        ['Sigmoid', 'z', 's'],
        ['Mul', 'z s', 'y'],
      ],
      null,
    ],
    ['in LogSoftmax, which softmax undoes', [['LogSoftmax', 'z', 'y']], null],
    [
      'behind what changes its form only',
      [
        ['Sigmoid', 'z', 'a'],
        ['Squeeze', 'a axes', 'b'],
        ['Cast', 'b', 'c'],
        ['Identity', 'c', 'y'],
      ],
      'sigmoid',
    ],
    [
      'in levels of 8 bits',
      [
        ['QLinearSigmoid', 'z s p', 'a'],
        ['DequantizeLinear', 'a s p', 'y'],
      ],
      'sigmoid',
    ],
    [
      'in several heads',
      [
        ['Sigmoid', 'p', 'a'],
        ['Sigmoid', 'q', 'b'],
        ['Concat', 'a b', 'y'],
      ],
      'sigmoid',
    ],
    [
      'in heads that differ',
      [
        ['Sigmoid', 'p', 'a'],
        ['Gemm', 'q', 'b'],
        ['Concat', 'a b', 'y'],
      ],
      null,
    ],
    ['nowhere', [['Relu', 'x', 'z']], null],
    [
      'in a circle',
      [
        ['Identity', 'y', 'z'],
        ['Identity', 'z', 'y'],
      ],
      null,
    ],
  ])('%s', (_, nodes, activation) => {
    expect([...activationsOf(modelOf(...nodes))]).toEqual([['y', activation]]);
  });
});

describe('broken files', () => {
  it('are no protobuf', () => {
    const whole = (bytes: number[]) =>
      Array.from(fieldsOf(Uint8Array.from(bytes), { from: 0, end: bytes.length }));
    for (const bytes of [
      [0x0a],
      [0x0a, 5, 1],
      [0x0b],
      [0x0d, 1, 2],
      Array<number>(11).fill(0xff),
    ]) {
      expect(() => whole(bytes), String(bytes)).toThrow(RangeError);
    }
    expect(whole([0x08, 0x96, 0x01])[0]).toMatchObject({ number: 1, wire: 0, value: 150 });
  });

  it.each(['custom-vision.onnx', 'outside.onnx'])('never throw anything else: %s', async (name) => {
    const file = new Uint8Array(await read(`tests/fixtures/models/${name}`));
    let seed = 1;
    const random = (below: number) => {
      seed = (seed * 48271) % 0x7fffffff;
      return seed % below;
    };
    for (let round = 0; round < 3000; round++) {
      const bytes = file.slice(0, round % 3 === 0 ? random(file.length) : file.length);
      for (let i = random(4); i >= 0 && bytes.length > 0; i--) {
        bytes[random(bytes.length)] = random(256);
      }
      activationsOf(bytes);
      withoutMaps(bytes);
      externalFiles(bytes);
      await withWeights(bytes, []).catch((error: ShiwuError) =>
        expect(error.code).toBe('missing-weights'),
      );
    }
  });
});
