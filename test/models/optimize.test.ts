/** Rewriting graphs: what is fused, what must not be, and that the results stay the same on host and device. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { GraphFunction, Model } from '../../src/models/graph.js';
import { readOnnx } from '../../src/models/onnx/read.js';
import { optimize } from '../../src/models/optimize/optimize.js';
import { interpret, operatorKey } from '../../src/models/run/interpret.js';
import { type HostTensor, type HostValue, hostTensor } from '../../src/models/run/values.js';
import { fixture, missing } from '../support/fixtures.js';
import { f32, inputsOf, modelOf, node, weights } from '../support/graph.js';
import { outputsOf } from '../support/model-session.js';

const convolution = modelOf({
  inputs: { x: [2, 3, 9, 8] },
  outputs: ['y'],
  initializers: [
    weights('w', [6, 3, 3, 3]),
    ...['scale', 'shift', 'mean'].map((name, i) => weights(name, [6], i + 2)),
    f32('variance', [6], [1, 2, 0.5, 0.1, 3, 1]),
    weights('w2', [4, 6, 1, 1], 9),
    weights('b2', [4, 1, 1], 10),
    f32('low', [], [-0.2]),
    f32('high', [], [0.7]),
  ],
  nodes: [
    node('Conv', ['x', 'w'], ['c'], { pads: [1, 1, 1, 1], strides: [2, 1] }),
    node('BatchNormalization', ['c', 'scale', 'shift', 'mean', 'variance'], ['n']),
    node('Relu', ['n'], ['r']),
    node('Conv', ['r', 'w2'], ['d']),
    node('Add', ['d', 'b2'], ['e']),
    node('Clip', ['e', 'low', 'high'], ['y']),
  ],
});

const layers = modelOf({
  inputs: { x: [5, 12] },
  outputs: ['y'],
  initializers: [weights('w', [12, 7]), weights('b', [7], 2), weights('g', [8, 7], 3), weights('h', [8], 4)],
  nodes: [
    node('MatMul', ['x', 'w'], ['p']),
    node('Add', ['b', 'p'], ['s']),
    node('LeakyRelu', ['s'], ['l'], { alpha: 0.25 }),
    node('Dropout', ['l'], ['k']),
    node('Gemm', ['k', 'g', 'h'], ['m'], { transB: 1, alpha: 0.5 }),
    node('Relu', ['m'], ['y']),
  ],
});

const normalized = modelOf({
  inputs: { x: [2, 5, 16] },
  outputs: ['y'],
  initializers: [f32('two', [], [2]), f32('eps', [], [1e-5]), weights('gamma', [16]), weights('beta', [16], 2)],
  opset: 17,
  nodes: [
    node('ReduceMean', ['x'], ['mean'], { axes: [-1] }),
    node('Sub', ['x', 'mean'], ['d']),
    node('Pow', ['d', 'two'], ['p']),
    node('ReduceMean', ['p'], ['v'], { axes: [-1] }),
    node('Add', ['v', 'eps'], ['a']),
    node('Sqrt', ['a'], ['s']),
    node('Div', ['d', 's'], ['q']),
    node('Mul', ['q', 'gamma'], ['m']),
    node('Add', ['m', 'beta'], ['y']),
  ],
});

const erfGelu = modelOf({
  inputs: { x: [3, 17] },
  outputs: ['y'],
  initializers: [f32('root', [], [Math.SQRT2]), f32('one', [], [1]), f32('half', [], [0.5])],
  nodes: [
    node('Div', ['x', 'root'], ['u']),
    node('Erf', ['u'], ['e']),
    node('Add', ['e', 'one'], ['s']),
    node('Mul', ['x', 's'], ['p']),
    node('Mul', ['p', 'half'], ['y']),
  ],
});

const tanhGelu = modelOf({
  inputs: { x: [3, 17] },
  outputs: ['y'],
  initializers: [...[3, 0.044715, Math.sqrt(2 / Math.PI), 1, 0.5].map((value, i) => f32(`c${i}`, [], [value]))],
  nodes: [
    node('Mul', ['c4', 'x'], ['h']),
    node('Pow', ['x', 'c0'], ['x3']),
    node('Mul', ['x3', 'c1'], ['t']),
    node('Add', ['x', 't'], ['i']),
    node('Mul', ['i', 'c2'], ['u']),
    node('Tanh', ['u'], ['e']),
    node('Add', ['e', 'c3'], ['s']),
    node('Mul', ['h', 's'], ['y']),
  ],
});

const attention = modelOf({
  inputs: { q: [2, 3, 5, 8], k: [2, 3, 7, 8], v: [2, 3, 7, 4], mask: [2, 1, 1, 7] },
  outputs: ['y'],
  initializers: [f32('root', [], [Math.sqrt(8)])],
  nodes: [
    node('Transpose', ['k'], ['kT'], { perm: [0, 1, 3, 2] }),
    node('MatMul', ['q', 'kT'], ['p']),
    node('Div', ['p', 'root'], ['s']),
    node('Add', ['s', 'mask'], ['m']),
    node('Softmax', ['m'], ['w'], { axis: -1 }),
    node('MatMul', ['w', 'v'], ['y']),
  ],
});

const expected: readonly (readonly [string, Model, readonly string[]])[] = [
  ['batch normalization, bias and activation into convolutions', convolution, ['tilewatt.Conv', 'tilewatt.Conv']],
  ['bias and activation into matrix products', layers, ['tilewatt.MatMul', 'tilewatt.Gemm']],
  ['layer normalization', normalized, ['LayerNormalization']],
  ['Gelu by erf', erfGelu, ['Gelu']],
  ['Gelu by tanh', tanhGelu, ['Gelu']],
  ['attention', attention, ['tilewatt.Attention']],
];

describe('optimize', () => {
  it.each(expected)('fuses %s', (_, model, keys) => {
    expect(optimize(model).graph.nodes.map(operatorKey)).toEqual(keys);
  });

  it.each(expected)('keeps the result of %s on the host', (_, model) => {
    const inputs = inputsOf(model);
    expectClose(tensors(interpret(optimize(model), inputs)), tensors(interpret(model, inputs)));
  });

  it.each(expected)('keeps the result of %s on the device', async (_, model) => {
    const inputs = inputsOf(model);
    const wanted = tensors(interpret(model, inputs, { precise: true }));
    for (const optimized of [false, true]) expectClose(await onDevice(model, inputs, optimized), wanted);
  });

  it('makes the values that are asked for', () => {
    const kept = optimize(convolution, { keep: new Set(['c', 'd']) });
    expect(kept.graph.nodes.map(operatorKey)).toEqual(['Conv', 'BatchNormalization', 'Relu', 'Conv', 'Add', 'Clip']);
    expect(optimize(convolution, { keep: 'all' })).toBe(convolution);
    const outputs = [{ name: 'l' }, { name: 's' }, ...layers.graph.outputs];
    const asked = optimize({ ...layers, graph: { ...layers.graph, outputs } });
    expect(asked.graph.nodes.map(operatorKey)).toEqual(['tilewatt.MatMul', 'LeakyRelu', 'tilewatt.Gemm']);
  });

  it('computes constants ahead and drops what hands its input on', () => {
    const model = modelOf({
      inputs: { x: [2, 3] },
      outputs: ['y'],
      initializers: [weights('a', [3]), weights('b', [3], 2)],
      nodes: [node('Add', ['a', 'b'], ['c']), node('Identity', ['x'], ['i']), node('Mul', ['i', 'c'], ['y'])],
    });
    const { nodes, initializers } = optimize(model).graph;
    expect(nodes.map(({ op, inputs }) => [op, ...inputs])).toEqual([['Mul', 'x', 'c']]);
    expect([...initializers.keys()]).toEqual(['c']);
  });

  it('puts functions of the model in the place of their calls', () => {
    const own: GraphFunction = {
      ...{ domain: 'mine', name: 'Twice', overload: '', inputs: ['a'], outputs: ['c'], attributes: [] },
      nodes: [node('Neg', ['a'], ['b']), node('Sub', ['a', 'b'], ['c'])],
      defaults: new Map(),
      opsets: new Map([['', 20]]),
    };
    const base = modelOf({ inputs: { x: [4] }, outputs: ['y'], nodes: [] });
    const call = (inputs: string[], outputs: string[]) => ({ ...node('Twice', inputs, outputs), domain: 'mine' });
    const nodes = [call(['x'], ['t']), call(['t'], ['y'])];
    const model = { ...base, graph: { ...base.graph, nodes }, functions: new Map([['mine:Twice:', own]]) };
    const flat = optimize(model);
    expect(flat.graph.nodes.map(({ op }) => op)).toEqual(['Neg', 'Sub', 'Neg', 'Sub']);
    expectClose(tensors(interpret(flat, inputsOf(model))), tensors(interpret(model, inputsOf(model))));
  });
});

const absent = missing('mnist-8/model.onnx');
describe.skipIf(absent !== undefined)(`the MNIST model${absent ? `: ${absent}` : ''}`, () => {
  it('gives the same scores in fewer nodes', async () => {
    const file = { name: 'model.onnx', bytes: new Uint8Array(readFileSync(fixture('mnist-8/model.onnx'))) };
    const model = readOnnx(file);
    const images = gunzipSync(readFileSync(fixture('t10k-images-idx3-ubyte.gz'))).subarray(16);
    const small = optimize(model);
    expect(small.graph.nodes.length).toBeLessThan(model.graph.nodes.length);
    for (let i = 0; i < 3; i++) {
      const image = hostTensor('f32', [1, 1, 28, 28], images.subarray(784 * i, 784 * (i + 1)));
      const inputs = new Map([[model.graph.inputs[0]!.name, image]]);
      const wanted = tensors(interpret(model, inputs, { precise: true }));
      expectClose(await onDevice(model, inputs, true), wanted, 2e-5);
      expectClose(tensors(interpret(small, inputs)), wanted, 2e-5);
    }
  });
});

async function onDevice(model: Model, inputs: ReadonlyMap<string, HostValue>, optimized: boolean) {
  return tensors(await outputsOf(model, inputs, { optimize: optimized, smallElements: 0 }));
}

function tensors(values: ReadonlyMap<string, HostValue>): readonly HostTensor[] {
  return [...values.values()].filter((value) => value.kind === 'tensor');
}

/** Within a share of the largest element. */
function expectClose(found: readonly HostTensor[], wanted: readonly HostTensor[], share = 1e-5): void {
  expect(found.map(({ dims }) => dims)).toEqual(wanted.map(({ dims }) => dims));
  for (const [i, { data }] of wanted.entries()) {
    const largest = data.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3);
    const off = data.reduce((most, value, at) => Math.max(most, Math.abs(value - found[i]!.data[at]!)), 0);
    expect(off).toBeLessThanOrEqual(share * largest);
  }
}
