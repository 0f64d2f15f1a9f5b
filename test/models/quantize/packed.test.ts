/** Products with packed weights: the kernels of each format on a device against the values that the codes stand for. */
import { describe, expect, it } from 'vitest';
import type { DeviceFacts } from '../../../src/kernel/facts.js';
import { readOnnx } from '../../../src/models/onnx/read.js';
import { firstParting } from '../../../src/models/quantize/parting.js';
import { quantizeModel } from '../../../src/models/quantize/quantize.js';
import { int, makeNode, makeTensor } from '../../../src/models/quantize/rewrite.js';
import { parseScheme } from '../../../src/models/quantize/schemes.js';
import { joined, writeQuantizedOnnx } from '../../../src/models/quantize/write.js';
import { interpret, runNode } from '../../../src/models/run/interpret.js';
import { rowGroups } from '../../../src/models/run/packed-weights.js';
import { createModelSession } from '../../../src/models/run/session.js';
import { type HostTensor, type HostValue, hostTensor } from '../../../src/models/run/values.js';
import { nf4Codebook } from '../../../src/numerics/int4.js';
import { relativeRms } from '../../../src/numerics/quality.js';
import { seededRandom } from '../../../src/numerics/random.js';
import { attentionModel, builtModel } from '../../support/built-model.js';
import { testDevice } from '../../support/dawn.js';
import { inputsOf, modelOf, weights } from '../../support/graph.js';

const file = builtModel();
const model = readOnnx(file);
const x: ReadonlyMap<string, HostValue> = new Map([
  ['x', hostTensor('f32', [1, 4, 8, 8], seededRandom(3).values(256))],
]);

function byHost(of: typeof model, given = x): Float64Array {
  return (interpret(of, given).get('y') as HostTensor).data;
}

/** @param limits of the device, where it is taken for a smaller one. */
async function byDevice(of: typeof model, given = x, limits: DeviceFacts['limits'] = {}): Promise<Float64Array> {
  const { gpu: device, facts: own, pipelines } = await testDevice();
  const facts = { ...own, limits: { ...own.limits, ...limits } };
  const session = createModelSession(of, { device, facts, pipelines }, { smallElements: 0 });
  const outcome = await session.run(given);
  if (outcome.status !== 'ok') throw new Error(JSON.stringify(outcome));
  session.destroy();
  const packed = outcome.run.facts.hostNodes.filter(({ node }) =>
    /Quantized(MatMul|Conv)|PrunedMatMul|MatMul(NBits|Bnb4)/.test(node),
  );
  expect(packed).toEqual([]);
  return (outcome.run.outputs.get('y') as HostTensor).data;
}

describe('packed products', () => {
  it.each([
    ['int4-g32', 'gemm-int4'],
    ['int4-g32-asym', 'gemm-int4'],
    ['nf4-g32', 'gemm-int4'],
    ['int8-weights', 'gemm-anybit'],
    ['int5-g32-asym', 'gemm-anybit'],
    ['int3-g32', 'gemm-anybit'],
    ['fp8-e4m3', 'gemm-anybit'],
    ['ternary-g32', 'gemm-anybit'],
    ['prune-2-4', 'spmm-2-4'],
    ['prune-block', 'spmm-block'],
  ])('of %s run on %s and give what the codes stand for', async (id, kernel) => {
    const quantized = quantizeModel(model, parseScheme(id));
    const pruned = id.startsWith('prune');
    for (const { name, op, place, why } of quantized.layers) {
      expect(place).toBe(name === 'grouped' || (pruned && op === 'Conv') ? 'simulated' : 'native');
      if (place === 'native') expect(why).toContain(kernel);
      else expect(why).toContain(pruned ? 'no kernel of this format' : '2 groups of channels');
    }
    // The file holds the same weights in another form, which is read back and computed in f32.
    const written = readOnnx({ name: 'back.onnx', bytes: joined(writeQuantizedOnnx(file, quantized).parts) });
    expect(relativeRms(byHost(written), byHost(quantized.model))).toBeLessThan(1e-6);
    expect(relativeRms(byHost(quantized.model), await byDevice(quantized.model))).toBeLessThan(1e-5);
  });

  it('of many rows run on the products of matrices', async () => {
    const block = readOnnx(attentionModel());
    const given = new Map([['x', hostTensor('f32', [1, 12, 64], seededRandom(5).values(768))]]);
    for (const id of ['int4-g32', 'int6', 'fp8-e4m3', 'prune-2-4', 'prune-block']) {
      const quantized = quantizeModel(block, parseScheme(id));
      expect(quantized.layers.every(({ place }) => place === 'native')).toBe(true);
      expect(relativeRms(byHost(quantized.model, given), await byDevice(quantized.model, given))).toBeLessThan(1e-5);
    }
  });

  it('fill rows up where they are no whole groups', async () => {
    // 36, 64 and 96 inputs in groups of 64, 128 or a row.
    for (const id of ['int4-g64', 'nf4-g128', 'int3-g64-asym', 'fp8-e5m2', 'binary-g64']) {
      const quantized = quantizeModel(model, parseScheme(id));
      expect(quantized.layers.map(({ place }) => place).filter((place) => place !== 'native')).toEqual(['simulated']);
      expect(relativeRms(byHost(quantized.model), await byDevice(quantized.model))).toBeLessThan(1e-5);
    }
    expect(rowGroups(36, 36)).toEqual({ groupSize: 64, width: 64 });
    expect(rowGroups(200, 128)).toEqual({ groupSize: 128, width: 256 });
    expect(rowGroups(256, 1000)).toEqual({ groupSize: 128, width: 256 });
    expect(rowGroups(256, 48)).toBeUndefined();
  });

  it('of MatMulNBits and MatMulBnb4 run on the kernels too', async () => {
    for (const id of ['int4-g32', 'int4-g32-asym', 'nf4-g64', 'nf4']) {
      const quantized = quantizeModel(model, parseScheme(id));
      const written = readOnnx({
        name: 'back.onnx',
        bytes: joined(writeQuantizedOnnx(file, quantized, 'nbits').parts),
      });
      expect(relativeRms(byHost(quantized.model), await byDevice(written))).toBeLessThan(1e-5);
    }
  });

  it.each([
    ['NF4 in blocks that end with rows', 1, 32],
    ['NF4 in blocks that cross rows', 1, 24],
    ['FP4', 0, 32],
  ])('of MatMulBnb4 are what bitsandbytes means by %s, on host and device', async (_, type, k) => {
    const [n, m, block] = [4, 3, 16];
    const random = seededRandom(9);
    const bytes = Uint8Array.from(random.values((n * k) / 2), (value) => Math.abs(Math.trunc(value * 1e4)) & 255);
    const scales = random.values((n * k) / block).map((value) => Math.fround(Math.abs(value)));
    const input = random.values(m * k);
    // Sign, then 0, 1/192, 2/3, 1, 1/3, 1/2, 1/6 and 1/4.
    const fp4 = [0, 1 / 192, 2 / 3, 1, 1 / 3, 1 / 2, 1 / 6, 1 / 4];
    const book = type === 1 ? nf4Codebook : [...fp4, ...fp4.map((value) => -value)];
    const weight = (i: number): number =>
      book[(bytes[i >> 1]! >> (i % 2 === 0 ? 4 : 0)) & 15]! * scales[Math.floor(i / block)]!;
    const wanted = Array.from({ length: m * n }, (_, at) => {
      const [row, column] = [Math.floor(at / n), at % n];
      return Array.from({ length: k }, (_, i) => input[row * k + i]! * weight(column * k + i)).reduce(
        (a, b) => a + b,
        0,
      );
    });
    const attributes = { K: int(k), N: int(n), block_size: int(block), quant_type: int(type) };
    const model = modelOf({
      inputs: { x: [m, k] },
      outputs: ['y'],
      nodes: [makeNode('MatMulBnb4', ['x', 'b', 'absmax'], ['y'], attributes, 'com.microsoft')],
      initializers: [
        makeTensor('b', 'u8', [bytes.length], bytes),
        makeTensor('absmax', 'f32', [scales.length], Float32Array.from(scales)),
      ],
    });
    const given = new Map([['x', hostTensor('f32', [m, k], input)]]);
    expect(relativeRms(wanted, byHost(model, given))).toBeLessThan(1e-6);
    expect(relativeRms(wanted, await byDevice(model, given))).toBeLessThan(1e-5);
  });

  it.each([
    [
      'strides, dilation and uneven padding',
      { x: [2, 3, 11, 9], w: [5, 3, 3, 2], strides: [2, 1], dilations: [1, 2], pads: [1, 0, 2, 1] },
    ],
    ['one dimension', { x: [3, 4, 20], w: [6, 4, 5], strides: [3], dilations: [1], pads: [2, 2] }],
    [
      'one pixel of one image',
      { x: [1, 8, 4, 4], w: [7, 8, 4, 4], strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0] },
    ],
    // More windows than fit into 64 KiB at a time: of several images, and of one.
    [
      'four images and a fifth',
      { x: [5, 1, 10, 12], w: [2, 1, 3, 3], strides: [1, 1], dilations: [1, 1], pads: [1, 1, 1, 1] },
    ],
    [
      'most of an image and its rest',
      { x: [2, 1, 24, 25], w: [2, 1, 1, 3], strides: [1, 1], dilations: [1, 1], pads: [0, 1, 0, 1] },
    ],
  ])('of windows with %s run on the kernels', async (_, { x, w, ...lists }) => {
    const attributes = Object.fromEntries(
      Object.entries(lists).map(([name, value]) => [name, { kind: 'ints', value } as const]),
    );
    for (const [bias, id] of [
      [[], 'nf4-g64'],
      [['b'], 'int4-g32-asym'],
      [['b'], 'int5'],
    ] as const) {
      const float = modelOf({
        inputs: { x },
        outputs: ['y'],
        nodes: [{ ...makeNode('Conv', ['x', 'w', ...bias], ['y'], attributes), name: 'conv' }],
        initializers: [weights('w', w), weights('b', [w[0]!])],
      });
      const given = inputsOf(float);
      const quantized = quantizeModel(float, parseScheme(id));
      expect(quantized.layers.map(({ place }) => place)).toEqual(['native']);
      const found = await byDevice(quantized.model, given, { maxStorageBufferBindingSize: 2 ** 16 });
      expect(relativeRms(byHost(quantized.model, given), found)).toBeLessThan(1e-5);
      // Dequantized weights in a plain convolution say the same.
      const { rows, columns, data } = quantized.quantized[0]!.weights!;
      const plain = { ...float.graph, initializers: new Map(float.graph.initializers) };
      plain.initializers.set('w', makeTensor('w', 'f32', w, data));
      expect(rows * columns).toBe(data.length);
      expect(relativeRms(byHost({ ...float, graph: plain }, given), found)).toBeLessThan(1e-5);
    }
  });

  it('tell which node parts from the host', async () => {
    const quantized = quantizeModel(model, parseScheme('int4-g32')).model;
    const { gpu: device, facts, pipelines } = await testDevice();
    const session = createModelSession(quantized, { device, facts, pipelines }, { smallElements: 0, keep: 'all' });
    const outcome = await session.run(x);
    session.destroy();
    if (outcome.status !== 'ok') throw new Error(JSON.stringify(outcome));
    const values = new Map([...x, ...outcome.run.kept]);
    const same = await firstParting(quantized, values);
    expect(same.parting).toBeUndefined();
    expect(same.worstShare).toBeLessThan(1);
    const conv = quantized.graph.nodes.find(({ op }) => op === 'QuantizedConv')!;
    const made = values.get(conv.outputs[0]!) as HostTensor;
    const spoiled = { ...made, data: made.data.map((value, i) => (i === 5 ? value * 1.01 : value)) };
    const { parting } = await firstParting(quantized, new Map([...values, [conv.outputs[0]!, spoiled]]));
    expect(parting).toMatchObject({ node: { op: 'QuantizedConv' }, index: 5 });
  });

  it('refuse weights that do not fit', () => {
    const inputs = new Map([
      ['a', hostTensor('f32', [1, 4], [1, 2, 3, 4])],
      ['c', hostTensor('u8', [2, 4], [1, 2, 3, 4, 5, 6, 7, 8])],
      ['s', hostTensor('f32', [2, 1], [1, 1])],
      ['z', hostTensor('u8', [2, 1], [0, 0])],
    ]);
    const around = { opsets: new Map([['', 17]]), functions: new Map() };
    const run = (bits: number, encoding: number, group: number) =>
      runNode(
        around,
        makeNode(
          'QuantizedMatMul',
          ['a', 'c', 's', 'z'],
          ['y'],
          { bits: int(bits), encoding: int(encoding), group_size: int(group) },
          'tilewatt',
        ),
        (name) => inputs.get(name),
      );
    expect((run(8, 1, 4)[0] as HostTensor).data).toEqual(Float64Array.of(30, 70));
    expect(() => run(9, 1, 4)).toThrow(/no packed weights/);
    expect(() => run(8, 1, 2)).toThrow(/do not fit/);
  });
});
