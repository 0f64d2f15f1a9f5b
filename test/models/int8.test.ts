/** Products of bytes in models: which kernels compute them, and that host and device agree on every code. */
import { describe, expect, it } from 'vitest';
import type { Model, Node } from '../../src/models/graph.js';
import { optimize } from '../../src/models/optimize/optimize.js';
import { interpret, operatorKey } from '../../src/models/run/interpret.js';
import { Plan } from '../../src/models/run/plan.js';
import { createModelSession } from '../../src/models/run/session.js';
import { type HostTensor, type HostValue, hostTensor } from '../../src/models/run/values.js';
import { type ElementType, elementCount, type Tensor } from '../../src/models/tensor.js';
import { seededRandom } from '../../src/numerics/random.js';
import { testDevice } from '../support/dawn.js';
import { f32, inputsOf, modelOf, node, weights } from '../support/graph.js';

type Given = ReadonlyMap<string, HostValue>;

/** Random bytes as a constant. */
function bytes(name: string, type: 'i8' | 'u8', dims: readonly number[], seed: number): Tensor {
  const random = seededRandom(seed);
  return { name, type, dims, bytes: Uint8Array.from({ length: elementCount(dims) }, () => random.below(256)) };
}

function zero(name: string, type: 'i8' | 'u8', ...values: readonly number[]): Tensor {
  return { name, type, dims: values.length === 1 ? [] : [values.length], bytes: Uint8Array.from(values) };
}

const i32 = (name: string, values: readonly number[]): Tensor => ({
  ...{ name, type: 'i32' as const, dims: [values.length] },
  bytes: new Uint8Array(Int32Array.from(values).buffer),
});

function codes(type: 'i8' | 'u8', dims: readonly number[], seed: number): HostTensor {
  const random = seededRandom(seed);
  const low = type === 'i8' ? -128 : 0;
  return hostTensor(
    type,
    dims,
    Float64Array.from({ length: elementCount(dims) }, () => low + random.below(256)),
  );
}

/** Kernels in the order of their dispatches. */
async function kernelsOf(model: Model, given: Given): Promise<readonly string[]> {
  const plan = new Plan(model, given, (await testDevice()).facts, { smallElements: 0 });
  expect(plan.advance()).toBe(true);
  return plan.items.flatMap((item) =>
    item.kind === 'device' ? item.steps.map(({ step }) => step.kernel.id) : ['host'],
  );
}

async function onDevice(model: Model, given: Given, optimized = false): Promise<HostTensor> {
  const { gpu: device, facts, pipelines } = await testDevice();
  const session = createModelSession(model, { device, facts, pipelines }, { optimize: optimized, smallElements: 0 });
  const outcome = await session.run(given);
  session.destroy();
  if (outcome.status !== 'ok') throw new Error(JSON.stringify(outcome));
  return outcome.run.outputs.get('y') as HostTensor;
}

interface Case {
  readonly what: string;
  readonly node: Node;
  readonly input: HostTensor;
  readonly constants: readonly Tensor[];
  /** Operation of the kernel that multiplies. */
  readonly by: string;
}

const window = { pads: [1, 0, 2, 1], strides: [2, 1], dilations: [1, 2] };
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
