/** Gathering, scattering, one-hot codes, the k largest and rotary embeddings on the device against the host. */
import { describe, expect, it } from 'vitest';
import type { HostTensor } from '../../src/models/run/values.js';
import { expectSame, reasonsForHost } from '../support/both-places.js';
import { noise, tensor } from '../support/host-operator.js';

const random = (dims: readonly number[], seed = 1): HostTensor => {
  const { data } = noise(dims, seed);
  return tensor(dims, data.map(Math.fround));
};
const indices = (dims: readonly number[], ...data: number[]): HostTensor => tensor(dims, data, 'i64');

describe('what indices choose', () => {
  it('gathers slices by several indices, after shared dimensions', async () => {
    const x = random([3, 4, 5]);
    await expectSame({ op: 'GatherND', inputs: [x, indices([2, 2], 0, -1, 2, 3)] });
    await expectSame({
      op: 'GatherND',
      inputs: [x, indices([3, 2, 1], 0, 3, 1, 1, -4, 2)],
      attributes: { batch_dims: 1 },
    });
    await expectSame({ op: 'GatherND', inputs: [x, indices([1, 1, 3], 2, 3, 4)] });
  });

  it('gathers elements from a part of the other dimensions', () =>
    expectSame({
      op: 'GatherElements',
      inputs: [random([4, 5]), indices([2, 3], 0, -1, 2, 3, 1, 0)],
      attributes: { axis: 0 },
    }));

  it('scatters slices and elements, with every reduction', async () => {
    const [x, at] = [random([4, 3, 2]), indices([3, 1], 1, -1, 1)];
    const updates = random([3, 3, 2], 9);
    for (const reduction of ['none', 'add', 'mul', 'min', 'max']) {
      await expectSame({ op: 'ScatterND', inputs: [x, at, updates], attributes: { reduction } });
      const places = indices([2, 3, 1], 3, 0, -1, 3, 0, 1);
      const own = random([2, 3, 1], 5);
      await expectSame({ op: 'ScatterElements', inputs: [x, places, own], attributes: { reduction, axis: 0 } });
    }
  });

  it('scatters words of integers, and leaves their sums to the host', async () => {
    const inputs = [tensor([4], [1, 2, 3, 4], 'i32'), indices([2, 1], 3, 0), tensor([2], [7, -8], 'i32')];
    await expectSame({ op: 'ScatterND', inputs });
    expect(await reasonsForHost({ op: 'ScatterND', inputs, attributes: { reduction: 'add' } })).toEqual([
      'integers are joined on the host',
    ]);
  });

  it('takes indices that are floats', () => {
    const inputs = [tensor([3], [2, 0, -1]), indices([1], 3), tensor([2], [0, 1])];
    return expectSame({ op: 'OneHot', inputs });
  });

  it('marks one of each line, or none where the index is out of range', async () => {
    const given = tensor([2, 3], [0, -1, 5, 2, -3, 9], 'i32');
    for (const axis of [-1, 0, 1])
      await expectSame({
        op: 'OneHot',
        inputs: [given, indices([1], 4), tensor([2], [-1.5, 2])],
        attributes: { axis },
      });
  });
});

describe('the k largest', () => {
  it('come in order along any axis, the first of equal ones first', async () => {
    const x = { ...random([3, 70, 4]), data: random([3, 70, 4]).data.map((value) => Math.round(4 * value) / 4) };
    for (const largest of [0, 1])
      for (const axis of [1, -1])
        await expectSame({
          op: 'TopK',
          inputs: [x, indices([1], axis === 1 ? 5 : 2)],
          attributes: { axis, largest },
          outputs: ['values', 'places'],
        });
  });

  it('are found among integers, infinities, zeros of both signs and NaN', async () => {
    const outputs = ['values', 'places'];
    await expectSame({ op: 'TopK', inputs: [tensor([5], [3, -7, 0, 100, -7], 'i32'), indices([1], 5)], outputs });
    const x = tensor([6], [-0, 0, Number.NEGATIVE_INFINITY, 1, Number.POSITIVE_INFINITY, Number.NaN]);
    const found = await expectSame({ op: 'TopK', inputs: [x, indices([1], 5)], outputs: ['', 'places'] });
    expect([...found.get('places')!.data]).toEqual([5, 4, 3, 0, 1]);
  });
});

describe('rotary embeddings', () => {
  const [cos, sin] = [random([9, 3], 2), random([9, 3], 3)];

  it('turn halves or neighbours, whole heads or a part', async () => {
    const places = indices([2, 4], 0, 1, 2, 3, 8, 7, 6, 5);
    for (const interleaved of [0, 1]) {
      await expectSame({
        op: 'RotaryEmbedding',
        inputs: [random([2, 5, 4, 6]), cos, sin, places],
        attributes: { interleaved },
      });
      const attributes = { interleaved, num_heads: 3, rotary_embedding_dim: 6 };
      await expectSame({ op: 'RotaryEmbedding', inputs: [random([2, 4, 24]), cos, sin, places], attributes });
    }
  });

  it('take the rows of the caches in order', () =>
    expectSame({ op: 'RotaryEmbedding', inputs: [random([2, 3, 4, 6]), random([2, 4, 3], 2), random([2, 4, 3], 3)] }));

  it('count from one position, as ONNX Runtime states it', async () => {
    const op = 'com.microsoft.RotaryEmbedding';
    await expectSame({ op, inputs: [random([2, 4, 12]), indices([1], 3), cos, sin] });
    await expectSame({ op, inputs: [random([1, 2, 4, 6]), indices([1, 4], 3, 2, 8, 0), cos, sin] });
  });
});

describe('what ONNX Runtime fuses', () => {
  const [x, row] = [random([2, 3, 8]), random([8], 4)];

  it('adds before it normalises', async () => {
    const [op, outputs] = ['com.microsoft.SkipLayerNormalization', ['y', '', '', 'sum']];
    await expectSame({ op, inputs: [x, random([2, 3, 8], 5), row, random([8], 6), random([8], 7)], outputs });
    await expectSame({ op, inputs: [x, random([3, 8], 5), row] });
    await expectSame({ op: 'com.microsoft.SkipSimplifiedLayerNormalization', inputs: [x, x, row], outputs });
  });

  it('adds before its activations', async () => {
    await expectSame({ op: 'com.microsoft.BiasGelu', inputs: [x, row] });
    await expectSame({ op: 'com.microsoft.FastGelu', inputs: [x, row] });
    await expectSame({ op: 'com.microsoft.FastGelu', inputs: [x] });
  });

  it('multiplies transposed matrices and scales the product', async () => {
    const op = 'com.microsoft.FusedMatMul';
    const alpha = { float: 0.5 };
    await expectSame({ op, inputs: [random([2, 3, 8]), random([2, 5, 8], 2)], attributes: { transB: 1, alpha } });
    await expectSame({ op, inputs: [random([2, 8, 3]), random([8, 5], 2)], attributes: { transA: 1, alpha } });
  });
});

describe('codes that are computed in numbers', () => {
  const [scale, zero] = [tensor([], [0.5]), tensor([], [3], 'u8')];
  const codes = (dims: readonly number[], seed: number): HostTensor =>
    tensor(
      dims,
      noise(dims, seed).data.map((value) => Math.round(100 + 100 * value)),
      'u8',
    );
  const [a, b] = [codes([2, 3, 4], 1), codes([3, 1], 2)];

  it('are added, multiplied and joined', async () => {
    for (const op of ['QLinearAdd', 'QLinearMul'])
      await expectSame({
        op: `com.microsoft.${op}`,
        inputs: [a, scale, zero, b, tensor([], [0.25]), undefined, scale, zero],
      });
    const inputs = [scale, zero, a, scale, zero, codes([2, 2, 4], 3), tensor([], [0.25]), tensor([], [9], 'u8')];
    await expectSame({ op: 'com.microsoft.QLinearConcat', inputs, attributes: { axis: 1 } });
  });

  it('are averaged and activated', async () => {
    const inputs = [a, tensor([], [0.125]), zero, tensor([], [0.25]), zero];
    for (const op of ['QLinearSigmoid', 'QLinearLeakyRelu', 'QLinearGlobalAveragePool'])
      await expectSame({ op: `com.microsoft.${op}`, inputs });
  });
});

describe('a local response', () => {
  it('is that of neighbouring channels', async () => {
    const x = random([2, 5, 3, 4]);
    await expectSame({ op: 'LRN', inputs: [x], attributes: { size: 3 } });
    await expectSame({
      op: 'LRN',
      inputs: [x],
      attributes: { size: 4, alpha: { float: 0.5 }, beta: { float: 0.6 }, bias: { float: 2 } },
    });
  });
});

describe('a rim', () => {
  it('of what a cut leaves is made on the host', async () => {
    const inputs = [random([2, 5]), indices([4], 0, 3, 0, -2)];
    expect(await reasonsForHost({ op: 'Pad', inputs, attributes: { mode: 'wrap' } })).toEqual([
      'a rim made of what a cut leaves is made on the host',
    ]);
    await expectSame({ op: 'Pad', inputs });
  });
});
