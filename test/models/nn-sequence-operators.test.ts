/** Host operators beyond the fixtures: attention, recurrent layers, signals. */
import { describe, expect, it } from 'vitest';
import type { HostTensor } from '../../src/models/run/values.js';
import { at, distance, first, made, noise, refusal, run, tensor } from '../support/host-operator.js';

const list = ({ data }: HostTensor): number[] => Array.from(data);

describe('attention', () => {
  /** One row of softmax(scale · q · k) over the keys that may be seen. */
  function slow(
    q: HostTensor,
    k: HostTensor,
    v: HostTensor,
    head: (h: number) => number,
    seen: (query: number, key: number, batch: number) => boolean,
  ): HostTensor {
    const [batch = 0, heads = 0, queries = 0, size = 0] = q.dims;
    const keys = k.dims[2]!;
    return made([batch, heads, queries, v.dims[3]!], (n, h, i, c) => {
      let [sum, all] = [0, 0];
      for (let j = 0; j < keys; j++) {
        if (!seen(i!, j, n!)) continue;
        let dot = 0;
        for (let d = 0; d < size; d++) dot += at(q, n!, h!, i!, d) * at(k, n!, head(h!), j, d);
        const weight = Math.exp(dot / Math.sqrt(size));
        all += weight;
        sum += weight * at(v, n!, head(h!), j, c!);
      }
      return sum / all;
    });
  }
  const [q, k, v] = [noise([2, 4, 3, 5]), noise([2, 2, 6, 5], 2), noise([2, 2, 6, 4], 3)];

  it('shares key heads in blocks from operator set 24 on, in turn before', () => {
    const all = () => true;
    expect(
      distance(
        first('Attention', [q, k, v], {}, { opset: 24 }),
        slow(q, k, v, (h) => h >> 1, all),
      ),
    ).toBeLessThan(1e-12);
    expect(
      distance(
        first('Attention', [q, k, v], {}, { opset: 23 }),
        slow(q, k, v, (h) => h % 2, all),
      ),
    ).toBeLessThan(1e-12);
  });

  it('hides what comes after a query, counted from the cache or the stated lengths', () => {
    const [now, past] = [noise([2, 2, 2, 5], 4), noise([2, 2, 4, 5], 5)];
    const [y, present] = run(
      'Attention',
      [q, now, now, undefined, past, past],
      { is_causal: 1 },
      { outputs: 2, opset: 24 },
    );
    expect(present!.dims).toEqual([2, 2, 6, 5]);
    expect(
      distance(
        y!,
        slow(
          q,
          present!,
          present!,
          (h) => h >> 1,
          (i, j) => j <= i + 4,
        ),
      ),
    ).toBeLessThan(1e-12);
    const lengths = tensor([2], [4, 6], 'i64');
    const stated = first(
      'Attention',
      [q, k, v, undefined, undefined, undefined, lengths],
      { is_causal: 1 },
      { opset: 24 },
    );
    const seen = (i: number, j: number, n: number) => j < [4, 6][n]! && j <= i + [4, 6][n]! - 3;
    expect(
      distance(
        stated,
        slow(q, k, v, (h) => h >> 1, seen),
      ),
    ).toBeLessThan(1e-12);
  });

  it('takes three dimensions apart into heads from operator set 24 on', () => {
    const flat = ({ dims: [n = 0, h = 0, t = 0, s = 0], ...x }: HostTensor) =>
      made([n, t, h * s], (a, b, c) => at({ ...x, dims: [n, h, t, s] }, a!, Math.floor(c! / s), b!, c! % s));
    const found = first('Attention', [flat(q), flat(k), flat(v)], { q_num_heads: 4, kv_num_heads: 2 }, { opset: 24 });
    expect(distance(found, flat(first('Attention', [q, k, v], {}, { opset: 24 })))).toBeLessThan(1e-12);
  });

  it('pads short masks and refuses those that do not fit', () => {
    const mask = tensor([3, 4], new Array(12).fill(1), 'bool');
    const found = first('Attention', [q, k, v, mask], {}, { opset: 24 });
    expect(
      distance(
        found,
        slow(
          q,
          k,
          v,
          (h) => h >> 1,
          (_, j) => j < 4,
        ),
      ),
    ).toBeLessThan(1e-12);
    expect(refusal('Attention', [q, k, v, noise([3, 7])])).toBe('bad-shape');
    expect(refusal('Attention', [q, noise([2, 3, 6, 5]), noise([2, 3, 6, 4])])).toBe('bad-shape');
  });

  it('turns only the features that it is told to', () => {
    const x = tensor([1, 1, 1, 4], [1, 2, 3, 4]);
    const [cos, sin] = [tensor([2, 1], [1, 0]), tensor([2, 1], [0, 1])];
    const node = { rotary_embedding_dim: 2 };
    expect(list(first('RotaryEmbedding', [x, cos, sin, tensor([1, 1], [1], 'i64')], node))).toEqual([-2, 1, 3, 4]);
    expect(refusal('RotaryEmbedding', [x, cos, sin, tensor([1, 1], [2], 'i64')], node)).toBe('bad-value');
  });
});

describe('recurrent layers', () => {
  const sizes = { RNN: 1, GRU: 3, LSTM: 4 } as const;

  it.each(['RNN', 'GRU', 'LSTM'] as const)('%s runs backwards over each sequence as long as it is', (key) => {
    const g = sizes[key];
    const [x, w, r, b] = [noise([4, 2, 3]), noise([1, g * 5, 3], 2), noise([1, g * 5, 5], 3), noise([1, 2 * g * 5], 4)];
    const lengths = tensor([2], [4, 2], 'i32');
    const turned = made([4, 2, 3], (t, n, i) => at(x, lengths.data[n!]! - 1 - t!, n!, i!));
    const ahead = run(key, [turned, w, r, b, lengths], { hidden_size: 5 }, { outputs: 2 });
    const back = run(key, [x, w, r, b, lengths], { hidden_size: 5, direction: 'reverse' }, { outputs: 2 });
    expect(distance(back[1]!, ahead[1]!)).toBeLessThan(1e-14);
    const wanted = made([4, 1, 2, 5], (t, _, n, i) => at(ahead[0]!, lengths.data[n!]! - 1 - t!, 0, n!, i!));
    expect(distance(back[0]!, wanted)).toBeLessThan(1e-14);
  });

  const sigmoid = (value: number) => 1 / (1 + Math.exp(-value));
  const one = (...data: number[]) => tensor([1, data.length, 1], data);
  const x = tensor([1, 1, 1], [0.7]);

  it.each([0, 1])('GRU resets before or after the product (%d)', (linear_before_reset) => {
    const inputs = [x, one(0.1, 0.2, 0.3), one(0.4, 0.5, 0.6), tensor([1, 6], [1, 2, 3, 4, 5, 6]), undefined, one(0.9)];
    const z = sigmoid(0.07 + 0.36 + 5);
    const reset = sigmoid(0.14 + 0.45 + 7);
    const h = Math.tanh(linear_before_reset ? 0.21 + 3 + reset * (0.54 + 6) : 0.21 + reset * 0.54 + 9);
    expect(first('GRU', inputs, { linear_before_reset }).data[0]).toBeCloseTo((1 - z) * h + z * 0.9, 12);
  });

  it('LSTM looks through peepholes, clips, couples its gates and takes other activations', () => {
    const p = tensor([1, 3], [0.5, 0.6, 0.7]);
    const inputs = [x, one(1, 2, 3, 4), one(0, 0, 0, 0), undefined, undefined, undefined, one(0.2), p];
    const node = {
      clip: { float: 1.5 },
      input_forget: 1,
      activations: ['HardSigmoid', 'Affine', 'Tanh'],
      activation_alpha: [0.25, 2],
      activation_beta: [0.5, 1.5],
    };
    const hard = (value: number) => 0.25 * Math.min(1.5, value) + 0.5;
    const input = hard(0.7 + 0.1);
    const c = (1 - input) * 0.2 + input * (2 * 1.5 + 1.5);
    const output = hard(1.4 + 0.6 * c);
    const [y, , cell] = run('LSTM', inputs, node, { outputs: 3 });
    expect([y!.data[0], cell!.data[0]]).toEqual([
      expect.closeTo(output * Math.tanh(Math.min(1.5, c)), 12),
      expect.closeTo(c, 12),
    ]);
  });

  it('refuses weights and names that do not fit', () => {
    expect(refusal('LSTM', [x, one(1, 2, 3), one(0, 0, 0, 0)])).toBe('bad-shape');
    expect(refusal('RNN', [x, one(1), one(1)], { direction: 'sideways' })).toBe('bad-value');
    expect(refusal('RNN', [x, one(1), one(1)], { activations: ['Nothing'] })).toBe('unsupported-form');
    expect(refusal('RNN', [x, one(1), one(1), undefined, tensor([1], [2], 'i32')])).toBe('bad-value');
  });
});

describe('signals', () => {
  it.each([1, 2, 3, 5, 8, 12, 17, 31])('DFT of %d elements follows its definition', (n) => {
    const x = noise([2, n, 3, 2]);
    const sum = (k: number, b: number, c: number, part: number) => {
      let total = 0;
      for (let t = 0; t < n; t++) {
        const angle = (-2 * Math.PI * k * t) / n;
        const [re, im] = [at(x, b, t, c, 0), at(x, b, t, c, 1)];
        total += part === 0 ? re * Math.cos(angle) - im * Math.sin(angle) : re * Math.sin(angle) + im * Math.cos(angle);
      }
      return total;
    };
    const slow = made(x.dims, (b, k, c, part) => sum(k!, b!, c!, part!));
    const old = first('DFT', [x], { axis: 1 }, { opset: 17 });
    expect(distance(old, slow)).toBeLessThan(1e-12);
    expect(list(first('DFT', [x, undefined, tensor([], [1], 'i64')]))).toEqual(list(old));
    expect(distance(first('DFT', [old], { axis: 1, inverse: 1 }, { opset: 17 }), x)).toBeLessThan(1e-12);
  });

  it('a one-sided spectrum makes the real signal again', () => {
    for (const n of [6, 7]) {
      const x = noise([1, n, 1]);
      const half = first('DFT', [x], { onesided: 1 });
      expect(half.dims).toEqual([1, Math.floor(n / 2) + 1, 2]);
      expect(distance(first('DFT', [half, tensor([], [n], 'i64')], { onesided: 1, inverse: 1 }), x)).toBeLessThan(
        1e-12,
      );
    }
  });

  it('STFT transforms windowed frames', () => {
    const [x, window] = [noise([2, 11, 1]), noise([4], 2)];
    const found = first('STFT', [x, tensor([], [3], 'i64'), window]);
    expect(found.dims).toEqual([2, 3, 3, 2]);
    const frame = made([1, 4, 1], (_, t) => at(x, 1, 6 + t!, 0) * window.data[t!]!);
    const wanted = first('DFT', [frame], { onesided: 1 });
    expect(Array.from(found.data.subarray(30, 36))).toEqual(
      Array.from(wanted.data, (value) => expect.closeTo(value, 12)),
    );
    expect(refusal('STFT', [x, tensor([], [0], 'i64'), window])).toBe('bad-value');
  });

  it('mel filters rise to 1 and fall', () => {
    const given = [
      tensor([], [8], 'i64'),
      tensor([], [16], 'i64'),
      tensor([], [8192], 'i64'),
      tensor([], [0]),
      tensor([], [4096]),
    ];
    const found = first('MelWeightMatrix', given);
    expect(found.dims).toEqual([9, 8]);
    for (let c = 0; c < 8; c++) expect(Math.max(...Array.from({ length: 9 }, (_, i) => at(found, i, c)))).toBe(1);
    expect(refusal('MelWeightMatrix', [...given.slice(0, 4), tensor([], [1e9])])).toBe('bad-value');
  });
});

describe('operators of ONNX Runtime', () => {
  it('normalizes sums and tells them', () => {
    const [x, skip, gamma, beta, bias] = [noise([2, 4]), noise([2, 4], 2), noise([4], 3), noise([4], 4), noise([4], 5)];
    const sum = made([2, 4], (i, j) => at(x, i!, j!) + at(skip, i!, j!) + bias.data[j!]!);
    const plain = first('LayerNormalization', [sum, gamma, beta], { epsilon: { float: 1e-12 } });
    const found = run('com.microsoft.SkipLayerNormalization', [x, skip, gamma, beta, bias], {}, { outputs: 4 });
    expect(distance(found[0]!, plain)).toBeLessThan(1e-12);
    expect(distance(found[3]!, sum)).toBeLessThan(1e-14);
    const simple = first('com.microsoft.SkipSimplifiedLayerNormalization', [x, skip, gamma, bias]);
    expect(distance(simple, first('RMSNormalization', [sum, gamma], { epsilon: { float: 1e-12 } }))).toBeLessThan(
      1e-12,
    );
  });

  it('multiplies transposed operands and batches', () => {
    // A is [rows, batch, inner], B is [batch, columns, inner].
    const [a, b] = [noise([3, 2, 4]), noise([2, 5, 4], 2)];
    const found = first('com.microsoft.FusedMatMul', [a, b], { transBatchA: 1, transB: 1, alpha: 0.5 });
    const slow = made(
      [2, 3, 5],
      (n, i, j) => 0.5 * [0, 1, 2, 3].reduce((sum, k) => sum + at(a, i!, n!, k) * at(b, n!, j!, k), 0),
    );
    expect(distance(found, slow)).toBeLessThan(1e-12);
    expect(refusal('com.microsoft.FusedMatMul', [a, b])).toBe('bad-shape');
  });

  it('activates after a bias', () => {
    const [x, bias] = [tensor([1, 2], [0.5, 1]), tensor([2], [0.5, -3])];
    // Values of erf from tables.
    expect(list(first('com.microsoft.BiasGelu', [x, bias]))).toEqual([
      expect.closeTo(0.841344746, 8),
      expect.closeTo(-0.045500264, 8),
    ]);
    expect(list(first('com.microsoft.FastGelu', [x, bias]))).toEqual([
      expect.closeTo(0.841344746, 3),
      expect.closeTo(-0.045500264, 3),
    ]);
    expect(first('com.microsoft.QuickGelu', [x]).data[1]).toBeCloseTo(1 / (1 + Math.exp(-1.702)), 12);
  });

  it('adds quantized operands', () => {
    const one = (value: number, type: 'f32' | 'u8' = 'f32') => tensor([], [value], type);
    const [a, b] = [tensor([2], [10, 200], 'u8'), tensor([1], [30], 'u8')];
    const inputs = [a, one(0.5), one(2, 'u8'), b, one(0.25), one(10, 'u8'), one(0.5), one(3, 'u8')];
    expect(list(first('com.microsoft.QLinearAdd', inputs))).toEqual([21, 211]);
    expect(list(first('com.microsoft.QLinearMul', inputs))).toEqual([43, 255]);
  });
});
