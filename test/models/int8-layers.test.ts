/** INT8 layers of models that become one node: which they are, and that host and device agree before and after. */
import { describe, expect, it } from 'vitest';
import type { Model } from '../../src/models/graph.js';
import { optimize } from '../../src/models/optimize/optimize.js';
import { interpret, operatorKey } from '../../src/models/run/interpret.js';
import type { HostTensor } from '../../src/models/run/values.js';
import { f32, inputsOf, modelOf, node, weights } from '../support/graph.js';
import { bytes, i32, kernelsOf, onDevice, window, zero } from '../support/int8-model.js';

const dequantized = (axis: number) => [
  node('DequantizeLinear', ['sums', 'factors'], ['scaled'], { axis }),
  node('Add', ['scaled', 'bias'], ['added']),
  node('Relu', ['added'], ['y']),
];
const cast = [
  node('Mul', ['xs', 'ws'], ['factors']),
  node('Cast', ['sums'], ['floats'], { to: 1 }),
  node('Mul', ['floats', 'factors'], ['scaled']),
  node('Add', ['scaled', 'bias'], ['y']),
];
const quantized = node('QuantizeLinear', ['x', 'xs', 'xz'], ['codes']);
const dynamic = node('DynamicQuantizeLinear', ['x'], ['codes', 'xs', 'xz']);
const plainWeights = { conv: bytes('w', 'i8', [10, 6, 3, 2], 11), matMul: bytes('w', 'i8', [21, 10], 12) };
const factors = f32('factors', [10], new Float32Array(10).fill(0.0003));
const known = [f32('xs', [], [0.02]), zero('xz', 'u8', 117)];

const fused: readonly (readonly [string, Model, readonly string[]])[] = [
  [
    'a convolution with constant scales, bias and activation',
    modelOf({
      inputs: { x: [2, 6, 9, 8] },
      outputs: ['y'],
      initializers: [...known, plainWeights.conv, factors, weights('bias', [10, 1, 1])],
      nodes: [quantized, node('ConvInteger', ['codes', 'w', 'xz'], ['sums'], window), ...dequantized(1)],
    }),
    ['tilewatt.Int8Conv'],
  ],
  [
    'a product with scales of the run',
    modelOf({
      inputs: { x: [2, 3, 21] },
      outputs: ['y'],
      initializers: [plainWeights.matMul, f32('ws', [10], new Float32Array(10).fill(0.01)), weights('bias', [10])],
      nodes: [dynamic, node('MatMulInteger', ['codes', 'w', 'xz'], ['sums']), ...cast],
    }),
    ['DynamicQuantizeLinear', 'Mul', 'tilewatt.Int8MatMul'],
  ],
  [
    'layers between quantizing and dequantizing',
    modelOf({
      inputs: { x: [2, 6, 9, 8] },
      outputs: ['y'],
      initializers: [
        ...[...known, plainWeights.conv, f32('ws', [10], new Float32Array(10).fill(0.01)), f32('bs', [], [0.0002])],
        i32('b', [100, -900, 20, 0, 7, 4000, -3, 1, 55, -20]),
      ],
      nodes: [
        quantized,
        node('DequantizeLinear', ['codes', 'xs', 'xz'], ['rounded']),
        node('DequantizeLinear', ['w', 'ws'], ['weight'], { axis: 0 }),
        node('DequantizeLinear', ['b', 'bs'], ['bias']),
        node('Conv', ['rounded', 'weight', 'bias'], ['c'], window),
        node('Relu', ['c'], ['y']),
      ],
    }),
    ['tilewatt.Int8Conv'],
  ],
  [
    'a filter for each channel',
    modelOf({
      inputs: { x: [2, 6, 9, 8] },
      outputs: ['y'],
      initializers: [
        ...known,
        bytes('w', 'i8', [6, 1, 3, 2], 14),
        f32(
          'factors',
          [6],
          [1, 2, 3, 4, 5, 6].map((n) => n / 1e4),
        ),
      ],
      nodes: [
        quantized,
        node('ConvInteger', ['codes', 'w', 'xz'], ['sums'], { ...window, group: 6 }),
        node('DequantizeLinear', ['sums', 'factors'], ['y'], { axis: 1 }),
      ],
    }),
    ['tilewatt.Int8Conv'],
  ],
  [
    'a turned matrix between quantizing and dequantizing',
    modelOf({
      inputs: { x: [3, 21] },
      outputs: ['y'],
      initializers: [...known, bytes('w', 'i8', [10, 21], 13), f32('ws', [], [0.01]), weights('bias', [10])],
      nodes: [
        quantized,
        node('DequantizeLinear', ['codes', 'xs', 'xz'], ['rounded']),
        node('DequantizeLinear', ['w', 'ws'], ['weight']),
        node('Gemm', ['rounded', 'weight', 'bias'], ['y'], { transB: 1 }),
      ],
    }),
    ['tilewatt.Int8MatMul'],
  ],
];

describe('INT8 layers in one piece', () => {
  it.each(fused)('are %s', async (_, model, keys) => {
    const small = optimize(model);
    expect(small.graph.nodes.map(operatorKey)).toEqual(keys);
    const given = inputsOf(model);
    const wanted = interpret(model, given).get('y') as HostTensor;
    const size = Math.max(...wanted.data.map(Math.abs));
    const near = (found: HostTensor): void => {
      expect(found.dims).toEqual(wanted.dims);
      const furthest = wanted.data.reduce((most, value, i) => Math.max(most, Math.abs(value - found.data[i]!)), 0);
      expect(furthest).toBeLessThan(2e-6 * size);
    };
    near(interpret(small, given).get('y') as HostTensor);
    near(await onDevice(model, given, true));
    expect((await kernelsOf(small, given)).at(-1)).toMatch(/^(conv2d-int8|gemm-int8-linear)\//);
  });

  it('leave codes that others take, and weights with a zero point', () => {
    const sums = node('ConvInteger', ['codes', 'w', 'xz'], ['sums'], window);
    const parts = {
      inputs: { x: [2, 6, 9, 8] },
      initializers: [...known, plainWeights.conv, factors, weights('bias', [10, 1, 1]), zero('wz', 'i8', 3)],
    };
    const asked = modelOf({ ...parts, outputs: ['y', 'codes'], nodes: [quantized, sums, ...dequantized(1)] });
    expect(optimize(asked).graph.nodes.map(operatorKey)).toEqual(['QuantizeLinear', 'tilewatt.Int8Conv']);
    const moved = { ...sums, inputs: [...sums.inputs, 'wz'] };
    const left = modelOf({ ...parts, outputs: ['y'], nodes: [quantized, moved, ...dequantized(1)] });
    expect(optimize(left).graph.nodes.map(({ op }) => op)).toContain('ConvInteger');
  });
});
