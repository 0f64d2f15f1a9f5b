/** L-Mul operators: host and device against the format's own arithmetic, and models that use them. */
import { describe, expect, it } from 'vitest';
import { readOnnx } from '../../../src/models/onnx/read.js';
import { quantizeModel } from '../../../src/models/quantize/quantize.js';
import { int, makeNode } from '../../../src/models/quantize/rewrite.js';
import { parseScheme } from '../../../src/models/quantize/schemes.js';
import { interpret, runNode } from '../../../src/models/run/interpret.js';
import { createModelSession } from '../../../src/models/run/session.js';
import { type HostTensor, hostTensor } from '../../../src/models/run/values.js';
import { lmul } from '../../../src/numerics/lmul.js';
import { relativeRms } from '../../../src/numerics/quality.js';
import { seededRandom } from '../../../src/numerics/random.js';
import { builtModel, modelFile, weights } from '../../support/built-model.js';
import { testDevice } from '../../support/dawn.js';
import { node as graphNode, inputsOf, modelOf, weights as ownWeights } from '../../support/graph.js';
import { node } from '../../support/onnx-model.js';

const around = { opsets: new Map([['', 17]]), functions: new Map() };
const format = (m: number, l: number) =>
  ({ mode: 'adder-exact', mantissaBits: m, offsetBits: l, rounding: 'truncate' }) as const;

function random(dims: readonly number[], seed: number): HostTensor {
  return hostTensor('f32', dims, seededRandom(seed).values(dims.reduce((product, size) => product * size, 1)));
}

function compute(
  op: string,
  inputs: readonly HostTensor[],
  attributes: Readonly<Record<string, ReturnType<typeof int>>>,
): HostTensor {
  const names = inputs.map((_, i) => `i${i}`);
  const [made] = runNode(
    around,
    makeNode(op, names, ['y'], attributes, 'tilewatt'),
    (name) => inputs[names.indexOf(name)],
  );
  return made as HostTensor;
}

describe('L-Mul on the host', () => {
  it('multiplies matrices of broadcast batches', () => {
    const [a, b] = [random([2, 1, 3, 5], 1), random([4, 5, 2], 2)];
    const y = compute('LmulMatMul', [a, b], { m: int(4), l: int(3) });
    expect(y.dims).toEqual([2, 4, 3, 2]);
    for (let i = 0; i < y.data.length; i++) {
      const [outer, inner, row, column] = [Math.floor(i / 24), Math.floor(i / 6) % 4, Math.floor(i / 2) % 3, i % 2];
      let sum = 0;
      for (let k = 0; k < 5; k++)
        sum += lmul(a.data[outer * 15 + row * 5 + k]!, b.data[inner * 10 + k * 2 + column]!, format(4, 3));
      expect(y.data[i]).toBeCloseTo(sum, 5);
    }
  });

  it('convolves in groups, with strides and padding', () => {
    const [x, w, bias] = [random([1, 4, 5, 6], 1), random([6, 2, 3, 2], 2), random([6], 3)];
    const lists = { strides: [2, 1], pads: [1, 0, 0, 1], dilations: [1, 2] };
    const attributes = Object.fromEntries(
      Object.entries(lists).map(([name, value]) => [name, { kind: 'ints', value } as const]),
    );
    const common = { ...attributes, group: int(2) } as never;
    const y = compute('LmulConv', [x, w, bias], { ...(common as object), m: int(23), l: int(24) } as never);
    const [exact] = runNode(
      around,
      { ...makeNode('Conv', ['x', 'w', 'b'], ['y'], common) },
      (name) => ({ x, w, b: bias })[name],
    );
    expect(y.dims).toEqual((exact as HostTensor).dims);
    // Without an offset L-Mul is Mitchell's product: up to a ninth too small, some 4 % on the mean.
    expect(relativeRms((exact as HostTensor).data, y.data)).toBeLessThan(0.15);
    const one = compute('LmulConv', [hostTensor('f32', [1, 1, 1, 1], [3]), hostTensor('f32', [1, 1, 1, 1], [5])], {
      m: int(23),
      l: int(4),
    });
    expect(one.data[0]).toBe(14.5);
  });

  it('refuses bits out of range', () => {
    expect(() => compute('LmulMatMul', [random([1, 1], 1), random([1, 1], 2)], { m: int(1), l: int(3) })).toThrow(
      /2 to 23 mantissa bits/,
    );
  });
});

describe('models by L-Mul', () => {
  const model = readOnnx(builtModel());
  const x = new Map([['x', random([1, 4, 8, 8], 7)]]);
  const output = (of: typeof model): Float64Array => (interpret(of, x).get('y') as HostTensor).data;

  it('stay near the float model, the nearer the better the reading', () => {
    const error = (id: string): number =>
      relativeRms(output(model), output(quantizeModel(model, parseScheme(id)).model));
    expect(error('lmul-m23')).toBeLessThan(0.1);
    expect(error('lmul-m4')).toBeLessThan(0.15);
    expect(error('lmul-m23')).toBeLessThan(error('lmul-m3'));
    // Nothing in it multiplies two activations.
    expect(error('lmul-m4-attention')).toBe(0);
  });

  it('replace what the scope says', () => {
    const ops = (id: string, of = model) =>
      quantizeModel(of, parseScheme(id), {}).model.graph.nodes.map(({ op }) => op);
    expect(ops('lmul-m4').filter((op) => op.startsWith('Lmul'))).toEqual([
      'LmulConv',
      'LmulConv',
      'LmulMatMul',
      'LmulMatMul',
      'LmulMatMul',
    ]);
    const attention = readOnnx(
      modelFile(
        [node('MatMul', ['x', 'w'], ['q']), node('MatMul', ['q', 'q'], ['y'])],
        [weights('w', [4, 4], 4, 1)],
        [4, 4],
        [4, 4],
      ),
    );
    expect(ops('lmul-m4-attention', attention)).toEqual(['MatMul', 'LmulMatMul']);
    const excluded = quantizeModel(model, parseScheme('lmul-m4'), { exclude: ['first'] });
    expect(excluded.model.graph.nodes[0]!.op).toBe('Conv');
  });

  it.each([
    ['adder-exact', 'truncate', 4, 3],
    ['adder-exact', 'nearest-even', 10, 24],
    ['adder-fast', 'truncate', 23, 4],
    ['adder-fast', 'nearest-even', 3, 3],
    ['closed-form', 'truncate', 23, 4],
    ['closed-form', 'nearest-even', 7, 4],
  ])('multiply by %s, %s, as the host does', async (mode, rounding, m, l) => {
    const lists = { strides: [2, 1], pads: [1, 0, 2, 1], dilations: [1, 2] };
    const formats = { mode, rounding, m, l };
    const built = modelOf({
      inputs: { x: [3, 6, 7, 8], a: [2, 1, 5, 7], b: [2, 3, 7, 4], flat: [2, 4, 11] },
      outputs: ['windows', 'lines', 'products', 'shared'],
      initializers: ['w', 'line', 'row', 'right'].map((name, i) =>
        ownWeights(name, [[10, 3, 3, 2], [6, 4, 3], [10], [7, 4]][i]!, i + 30),
      ),
      nodes: [
        graphNode('LmulConv', ['x', 'w', 'row'], ['windows'], { ...formats, ...lists, group: 2 }),
        graphNode('LmulConv', ['flat', 'line'], ['lines'], { ...formats, auto_pad: 'SAME_UPPER' }),
        graphNode('LmulMatMul', ['a', 'b'], ['products'], formats),
        graphNode('LmulMatMul', ['a', 'right'], ['shared'], formats),
      ].map((each) => ({ ...each, domain: 'tilewatt' })),
    });
    // Zeros and subnormal numbers beside ordinary ones: the modes treat them each in its way.
    const given = new Map(
      [...inputsOf(built)].map(([name, value]): [string, HostTensor] => {
        const { type, dims, data } = value as HostTensor;
        return [
          name,
          hostTensor(
            type,
            dims,
            data.map((each, i) => (i % 5 === 0 ? 0 : i % 11 === 0 ? 1e-40 : each)),
          ),
        ];
      }),
    );
    const { gpu: device, facts, pipelines } = await testDevice();
    const session = createModelSession(built, { device, facts, pipelines }, { smallElements: 0 });
    const outcome = await session.run(given);
    session.destroy();
    if (outcome.status !== 'ok') throw new Error(JSON.stringify(outcome));
    expect(outcome.run.facts.hostNodes).toEqual([]);
    for (const [name, wanted] of interpret(built, given)) {
      const [exact, found] = [wanted as HostTensor, outcome.run.outputs.get(name) as HostTensor];
      expect(found.dims).toEqual(exact.dims);
      const size = Math.max(...exact.data.map(Math.abs));
      // Products are the same bit by bit; of at most 24 of them, sums in f32 round each time.
      const furthest = exact.data.reduce((most, value, i) => Math.max(most, Math.abs(value - found.data[i]!)), 0);
      expect(furthest, name).toBeLessThan(25 * 2 ** -24 * 4 * size);
    }
  });

  it('take many images some at a time', async () => {
    const built = modelOf({
      inputs: { x: [90, 1, 64, 64] },
      outputs: ['y'],
      initializers: [ownWeights('w', [2, 1, 5, 5], 50)],
      nodes: [
        { ...graphNode('LmulConv', ['x', 'w'], ['y'], { m: 4, l: 3, auto_pad: 'SAME_UPPER' }), domain: 'tilewatt' },
      ],
    });
    const images = random([90, 1, 64, 64], 51);
    const { gpu: device, facts, pipelines } = await testDevice();
    const session = createModelSession(built, { device, facts, pipelines }, { smallElements: 0 });
    const outcome = await session.run(new Map([['x', images]]));
    session.destroy();
    if (outcome.status !== 'ok') throw new Error(JSON.stringify(outcome));
    // Windows of 81 images are 32 MiB: two times unfolding, multiplying and copying.
    expect(outcome.run.facts.dispatches).toBe(6);
    const { data } = outcome.run.outputs.get('y') as HostTensor;
    for (const image of [0, 80, 81, 89]) {
      const alone = hostTensor('f32', [1, 1, 64, 64], images.data.slice(4096 * image, 4096 * (image + 1)));
      const wanted = (interpret(built, new Map([['x', alone]])).get('y') as HostTensor).data;
      expect(relativeRms(wanted, data.slice(8192 * image, 8192 * (image + 1)))).toBeLessThan(1e-6);
    }
  });

  it('give the same on the device', async () => {
    const { gpu: device, facts, pipelines } = await testDevice();
    const { model: quantized } = quantizeModel(model, parseScheme('lmul-m4'));
    const session = createModelSession(quantized, { device, facts, pipelines });
    const outcome = await session.run(x);
    if (outcome.status !== 'ok') throw new Error(JSON.stringify(outcome));
    expect(relativeRms(output(quantized), (outcome.run.outputs.get('y') as HostTensor).data)).toBeLessThan(1e-5);
    session.destroy();
  });
});
