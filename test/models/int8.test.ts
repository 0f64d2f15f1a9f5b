/** Products of bytes in models: which kernels compute them, and that host and device agree on every code. */
import { describe, expect, it } from 'vitest';
import type { Node } from '../../src/models/graph.js';
import { interpret } from '../../src/models/run/interpret.js';
import type { HostTensor } from '../../src/models/run/values.js';
import type { ElementType, Tensor } from '../../src/models/tensor.js';
import { f32, modelOf, node } from '../support/graph.js';
import { bytes, codes, type Given, i32, kernelsOf, onDevice, window, zero } from '../support/int8-model.js';

interface Case {
  readonly what: string;
  readonly node: Node;
  readonly input: HostTensor;
  readonly constants: readonly Tensor[];
  /** Operation of the kernel that multiplies. */
  readonly by: string;
}

const image = { u8: codes('u8', [2, 6, 9, 8], 1), i8: codes('i8', [2, 6, 9, 8], 2) };
const rows = codes('u8', [2, 3, 21], 3);
const scales: readonly Tensor[] = [
  f32('xs', [], [0.02]),
  f32('ws', [], [0.01]),
  f32(
    'wss',
    [10],
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((each) => each / 500),
  ),
  f32('ys', [], [0.7]),
  zero('yz', 'u8', 131),
  i32('b', [100, -900, 20, 0, 7, 4000, -3, 1, 55, -20]),
];
const filters = bytes('w', 'i8', [10, 6, 3, 2], 4);
const matrix = bytes('w', 'i8', [21, 10], 5);
const xz = zero('xz', 'u8', 117);

const cases: readonly Case[] = [
  {
    what: 'sums of windows',
    node: node('ConvInteger', ['x', 'w', 'xz'], ['y'], window),
    input: image.u8,
    constants: [filters, xz],
    by: 'conv2d-int8-codes',
  },
  {
    what: 'sums of windows in groups of signed codes',
    node: node('ConvInteger', ['x', 'w', 'xz'], ['y'], { ...window, group: 2 }),
    input: image.i8,
    constants: [bytes('w', 'i8', [10, 3, 3, 2], 6), zero('xz', 'i8', 256 - 99)],
    by: 'conv2d-int8-codes',
  },
  {
    what: 'sums without zero points',
    node: node('ConvInteger', ['x', 'w'], ['y']),
    input: image.u8,
    constants: [filters],
    by: 'conv2d-int8-codes',
  },
  {
    what: 'unsigned filters around 128',
    node: node('ConvInteger', ['x', 'w', 'xz', 'wz'], ['y']),
    input: image.u8,
    constants: [bytes('w', 'u8', [10, 6, 3, 2], 7), xz, zero('wz', 'u8', 128)],
    by: 'conv2d-int8-codes',
  },
  {
    what: 'filters with another zero point',
    node: node('ConvInteger', ['x', 'w', 'xz', 'wz'], ['y'], window),
    input: image.u8,
    constants: [bytes('w', 'u8', [10, 6, 3, 2], 8), xz, zero('wz', 'u8', 77)],
    by: 'conv2d-i32',
  },
  {
    what: 'a filter for each channel',
    node: node('ConvInteger', ['x', 'w', 'xz'], ['y'], { group: 6 }),
    input: image.u8,
    constants: [bytes('w', 'i8', [6, 1, 3, 2], 9), xz],
    by: 'conv2d-i32',
  },
  {
    what: 'codes of windows',
    node: node('QLinearConv', ['x', 'xs', 'xz', 'w', 'wss', 'wz', 'ys', 'yz', 'b'], ['y'], window),
    input: image.u8,
    constants: [filters, xz, zero('wz', 'i8', ...new Array<number>(10).fill(0)), ...scales],
    by: 'conv2d-int8-codes',
  },
  {
    what: 'sums of rows',
    node: node('MatMulInteger', ['x', 'w', 'xz'], ['y']),
    input: rows,
    constants: [matrix, xz],
    by: 'gemm-int8-codes',
  },
  {
    what: 'columns with zero points',
    node: node('MatMulInteger', ['x', 'w', 'xz', 'wz'], ['y']),
    input: rows,
    constants: [matrix, xz, zero('wz', 'i8', ...matrix.dims.flatMap(() => [1, 2, 3, 4, 5]))],
    by: 'bmm-i32',
  },
  {
    what: 'codes of rows',
    node: node('QLinearMatMul', ['x', 'xs', 'xz', 'w', 'ws', 'wz', 'ys', 'yz'], ['y']),
    input: rows,
    constants: [matrix, xz, zero('wz', 'i8', 0), ...scales],
    by: 'gemm-int8-codes',
  },
];

describe('products of bytes', () => {
  it.each(cases)('$what are exact, by $by', async ({ node: only, input, constants, by }) => {
    const { type, dims } = input;
    const used = constants.filter(({ name }) => only.inputs.includes(name));
    const inputs = { x: { type: type as ElementType, dims } };
    const model = modelOf({ inputs, outputs: ['y'], nodes: [only], initializers: used });
    const given: Given = new Map([['x', input]]);
    const [wanted, found] = [interpret(model, given).get('y') as HostTensor, await onDevice(model, given)];
    expect(found.dims).toEqual(wanted.dims);
    // Codes may fall to the other side of a tie; sums may not.
    const furthest = wanted.data.reduce((most, value, i) => Math.max(most, Math.abs(value - found.data[i]!)), 0);
    expect(furthest).toBeLessThanOrEqual(only.op.startsWith('Q') ? 1 : 0);
    expect(new Set(wanted.data).size).toBeGreaterThan(20);
    expect((await kernelsOf(model, given)).at(-1)!.split('/')[0]).toBe(by);
  });
});
