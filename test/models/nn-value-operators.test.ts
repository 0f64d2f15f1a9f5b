/** Host operators beyond the fixtures: normalization, quantization, resizing, sampling, detection, training. */
import { describe, expect, it } from 'vitest';
import type { HostTensor } from '../../src/models/run/values.js';
import {
  at,
  distance,
  first,
  made,
  noise,
  type PlainAttributes,
  refusal,
  run,
  tensor,
} from '../support/host-operator.js';

const list = ({ data }: HostTensor): number[] => Array.from(data);

describe('normalization', () => {
  const x = noise([4, 2, 3]);
  const ones = (n: number) => tensor([n], new Array(n).fill(1));
  const none = (n: number) => tensor([n], new Array(n).fill(0));

  it('keeps statistics per activation in operator sets 7 and 8 where told', () => {
    const stats = [noise([6], 2), noise([6], 3), noise([6], 4), tensor([6], [1, 2, 3, 4, 5, 6])];
    const found = first('BatchNormalization', [x, ...stats], { spatial: 0, epsilon: { float: 0 } }, { opset: 7 });
    const [scale, bias, mean, variance] = stats;
    const slow = made([4, 2, 3], (n, c, i) => {
      const k = c! * 3 + i!;
      return ((at(x, n!, c!, i!) - mean!.data[k]!) / Math.sqrt(variance!.data[k]!)) * scale!.data[k]! + bias!.data[k]!;
    });
    expect(distance(found, slow)).toBeLessThan(1e-12);
  });

  it.each([
    [14, { training_mode: 1 }],
    [9, {}],
  ])('takes the statistics of the batch in operator set %d', (opset, node) => {
    const [y, mean, variance] = run('BatchNormalization', [x, ones(2), none(2), none(2), ones(2)], node, {
      opset,
      outputs: 3,
    });
    const own = Array.from(x.data).filter((_, i) => Math.floor(i / 3) % 2 === 0);
    const m = own.reduce((sum, value) => sum + value, 0) / own.length;
    const v = own.reduce((sum, value) => sum + (value - m) ** 2, 0) / own.length;
    expect([mean!.data[0], variance!.data[0]]).toEqual([
      expect.closeTo(m * 0.1, 12),
      expect.closeTo(0.9 + v * 0.1, 12),
    ]);
    expect(y!.data[0]).toBeCloseTo((x.data[0]! - m) / Math.sqrt(v + 1e-5), 12);
  });

  it('scales groups in operator set 18 and channels from 21 on', () => {
    const node = { num_groups: 1 };
    const plain = first('GroupNormalization', [x, ones(2), none(2)], node, { opset: 21 });
    const groups = first('GroupNormalization', [x, tensor([1], [3]), tensor([1], [1])], node, { opset: 18 });
    const channels = first('GroupNormalization', [x, tensor([2], [3, 5]), none(2)], node, { opset: 21 });
    expect(groups.data[4]).toBeCloseTo(plain.data[4]! * 3 + 1, 12);
    expect(channels.data[4]).toBeCloseTo(plain.data[4]! * 5, 12);
    expect(refusal('GroupNormalization', [x, ones(2), none(2)], node, { opset: 18 })).toBe('bad-shape');
  });
});

describe('feature scaling', () => {
  it('divides rows by their norm and shifts columns', () => {
    const x = tensor([2, 2], [3, -4, 0, 0]);
    expect(list(first('ai.onnx.ml.Normalizer', [x], { norm: 'L2' }))).toEqual([0.6, -0.8, 0, 0]);
    expect(list(first('ai.onnx.ml.Normalizer', [x], { norm: 'L1' })).slice(0, 2)).toEqual([3 / 7, -4 / 7]);
    const node = { offset: { floats: [1, 2] }, scale: { floats: [10] } };
    expect(list(first('ai.onnx.ml.Scaler', [x], node))).toEqual([20, -60, -10, -20]);
  });
});

describe('quantization', () => {
  const scale = (...data: number[]) => tensor([data.length], data);

  it('rounds ties to even and saturates', () => {
    const x = tensor([5], [-100, -0.75, 0.25, 0.75, 100]);
    expect(Array.from(first('QuantizeLinear', [x, tensor([], [0.5]), tensor([], [1], 'i4')]).data)).toEqual([
      -8, -1, 1, 3, 7,
    ]);
    expect(first('QuantizeLinear', [x, tensor([], [0.5])], { output_dtype: 4 })).toMatchObject({
      type: 'u16',
      data: Float64Array.of(0, 0, 0, 2, 200),
    });
  });

  it('uses one scale per slice or block', () => {
    const x = tensor([2, 3], [1, 2, 3, 4, 5, 6], 'i8');
    expect(Array.from(first('DequantizeLinear', [x, scale(1, 10, 100)]).data)).toEqual([1, 20, 300, 4, 50, 600]);
    expect(Array.from(first('DequantizeLinear', [x, scale(1, 10)], { axis: 0 }).data)).toEqual([1, 2, 3, 40, 50, 60]);
    const blocks = tensor([2, 2], [1, 10, 100, 1000]);
    expect(Array.from(first('DequantizeLinear', [x, blocks], { block_size: 2 }).data)).toEqual([
      1, 2, 30, 400, 500, 6000,
    ]);
    expect(refusal('DequantizeLinear', [x, blocks], { block_size: 1 })).toBe('bad-shape');
  });

  it.each([
    ['e4m3', [448, 448, 17 / 16], [448, Number.NaN, 1]],
    ['e5m2', [57344, Number.POSITIVE_INFINITY, 9 / 8], [57344, Number.POSITIVE_INFINITY, 1]],
    ['e4m3fnuz', [240, 240, 0.0009765625], [240, Number.NaN, 0.0009765625]],
  ] as const)('writes %s', (type, [most, , small], [, beyond, rounded]) => {
    const x = tensor([3], [most, 1e6, small]);
    const inputs = [x, tensor([], [1]), tensor([], [0], type)];
    expect(Array.from(first('QuantizeLinear', inputs).data)).toEqual([most, most, rounded]);
    expect(Array.from(first('QuantizeLinear', inputs, { saturate: 0 }).data)).toEqual([most, beyond, rounded]);
  });

  it('multiplies integers less their zero points, per row and column', () => {
    const [a, b] = [tensor([2, 2], [1, 2, 3, 4], 'u8'), tensor([2, 2], [5, 6, 7, 8], 'u8')];
    const found = first('MatMulInteger', [a, b, tensor([2], [1, 2], 'u8'), tensor([2], [5, 6], 'u8')]);
    expect(found).toMatchObject({ type: 'i32', data: Float64Array.of(2, 2, 4, 4) });
  });

  it('convolves with a scale per output channel', () => {
    const one = (value: number, type: 'f32' | 'u8' = 'f32') => tensor([], [value], type);
    const inputs = [
      tensor([1, 1, 2], [10, 20], 'u8'),
      one(0.5),
      one(2, 'u8'),
      tensor([2, 1, 1], [3, 4], 'i8'),
      tensor([2], [1, 2]),
      tensor([2], [1, 0], 'i8'),
      one(2),
      one(1, 'u8'),
      tensor([2], [4, -8], 'i32'),
    ];
    // ((10 − 2) · (3 − 1) + 4) · 0.5 · 1 / 2 + 1 = 6, and so on.
    expect(Array.from(first('QLinearConv', inputs).data)).toEqual([6, 11, 13, 33]);
  });
});

describe('resizing', () => {
  const x = tensor([1, 1, 2, 2], [1, 2, 3, 4]);

  it('is the same in operator sets 7, 9 and 10', () => {
    const scales = tensor([4], [1, 1, 1, 2]);
    const wanted = [1, 1, 2, 2, 3, 3, 4, 4];
    expect(list(first('Upsample', [x], { scales: { floats: [1, 1, 1, 2] } }, { opset: 7 }))).toEqual(wanted);
    expect(list(first('Upsample', [x, scales], {}, { opset: 9 }))).toEqual(wanted);
    expect(list(first('Resize', [x, scales], {}, { opset: 10 }))).toEqual(wanted);
    expect(list(first('Upsample', [x, scales], { mode: 'linear' }, { opset: 9 }))).toEqual([
      1, 1.5, 2, 2, 3, 3.5, 4, 4,
    ]);
  });

  it.each(['half_pixel', 'asymmetric', 'align_corners', 'half_pixel_symmetric', 'pytorch_half_pixel'])(
    'with %s keeps what is linear linear',
    (coordinate_transformation_mode) => {
      const line = tensor([8], [0, 1, 2, 3, 4, 5, 6, 7]);
      const place = (i: number) => {
        if (coordinate_transformation_mode === 'align_corners') return (i * 7) / 15;
        return coordinate_transformation_mode === 'asymmetric' ? i / 2 : (i + 0.5) / 2 - 0.5;
      };
      for (const mode of ['linear', 'cubic']) {
        const node = { mode, coordinate_transformation_mode, cubic_coeff_a: -0.5 };
        const found = first('Resize', [line, undefined, tensor([1], [2])], node);
        for (let i = 4; i < 12; i++) expect(found.data[i]).toBeCloseTo(place(i), 12);
      }
    },
  );

  it('crops, and puts the extrapolation value outside', () => {
    const roi = tensor([2], [0.5, 1.5]);
    const node = {
      mode: 'linear',
      coordinate_transformation_mode: 'tf_crop_and_resize',
      extrapolation_value: { float: 9 },
    };
    expect(list(first('Resize', [tensor([3], [1, 2, 3]), roi, undefined, tensor([1], [3], 'i64')], node))).toEqual([
      2, 3, 9,
    ]);
  });

  it('refuses scales and modes that are none', () => {
    const of = (scale: number, node: PlainAttributes = {}) =>
      refusal('Resize', [x, undefined, tensor([4], [1, 1, 1, scale])], node);
    expect([of(0), of(Number.NaN), of(1e12), of(2, { mode: 'magic' }), of(2, { nearest_mode: 'magic' })]).toEqual([
      'bad-value',
      'bad-value',
      'bad-shape',
      'bad-value',
      'bad-value',
    ]);
  });

  it.each([0, 1])('samples the input itself through the grid of the identity (%d)', (align_corners) => {
    const image = noise([2, 3, 4, 5]);
    const theta = tensor([2, 2, 3], [1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0]);
    const grid = first('AffineGrid', [theta, tensor([4], [2, 3, 4, 5], 'i64')], { align_corners });
    for (const mode of ['linear', 'cubic', 'nearest']) {
      for (const padding_mode of ['zeros', 'border', 'reflection']) {
        const found = first('GridSample', [image, grid], { mode, padding_mode, align_corners });
        expect(distance(found, image), `${mode} ${padding_mode}`).toBeLessThan(1e-5);
      }
    }
  });
});

describe('detection', () => {
  it('keeps the best of boxes that overlap, for each class', () => {
    const boxes = tensor([1, 3, 4], [0, 0, 1, 1, 1, 1.1, 0, 0.1, 0, 5, 1, 6]);
    const scores = tensor([1, 2, 3], [0.9, 0.8, 0.7, 0.1, 0.2, 0.05]);
    const inputs = [boxes, scores, tensor([], [2], 'i64'), tensor([], [0.5]), tensor([], [0.06])];
    expect(list(first('NonMaxSuppression', inputs))).toEqual([0, 0, 0, 0, 0, 2, 0, 1, 1]);
    expect(first('NonMaxSuppression', [boxes, scores]).dims).toEqual([0, 3]);
  });

  it('pools regions of a plane that rises evenly to their middle', () => {
    const plane = made([1, 1, 8, 8], (_, __, y, x) => 10 * y! + x!);
    const [rois, entries] = [tensor([1, 4], [1, 2, 5, 6]), tensor([1], [0], 'i64')];
    const node = { output_height: 1, output_width: 1, sampling_ratio: 2 };
    expect(first('RoiAlign', [plane, rois, entries], node).data[0]).toBeCloseTo(35 + 2.5, 12);
    expect(first('RoiAlign', [plane, rois, entries], node, { opset: 10 }).data[0]).toBeCloseTo(40 + 3, 12);
    expect(refusal('RoiAlign', [plane, rois, tensor([1], [1], 'i64')], node)).toBe('bad-value');
    const pooled = first('MaxRoiPool', [plane, tensor([1, 5], [0, 1, 2, 4, 5])], { pooled_shape: [2, 2] });
    expect(list(pooled)).toEqual([32, 34, 52, 54]);
  });
});

describe('training', () => {
  it('weighs and ignores targets', () => {
    const logs = tensor([3, 2], [-1, -2, -3, -4, -5, -6]);
    const [target, weight] = [tensor([3], [0, 1, -1], 'i64'), tensor([2], [1, 3])];
    const of = (reduction: string) =>
      list(first('NegativeLogLikelihoodLoss', [logs, target, weight], { reduction, ignore_index: -1 }));
    expect([of('none'), of('sum'), of('mean')]).toEqual([[1, 12, 0], [13], [13 / 4]]);
    expect(refusal('NegativeLogLikelihoodLoss', [logs, target, weight])).toBe('bad-value');
    const [loss, probabilities] = run(
      'SoftmaxCrossEntropyLoss',
      [logs, tensor([3], [0, 1, 0], 'i64')],
      {},
      { outputs: 2 },
    );
    expect(probabilities!.data[0]).toBeCloseTo(Math.log(1 / (1 + Math.exp(-1))), 12);
    expect(loss!.data[0]).toBeCloseTo(
      -(2 * Math.log(1 / (1 + Math.exp(-1))) + Math.log(1 / (1 + Math.exp(1)))) / 3,
      12,
    );
  });

  it('steps several parameters at once', () => {
    const one = (value: number) => tensor([1], [value]);
    const inputs = [
      one(0.1),
      tensor([], [2], 'i64'),
      one(1),
      one(2),
      one(0.5),
      one(-0.5),
      one(0.2),
      one(0.3),
      one(0.04),
      one(0.05),
    ];
    const found = run('ai.onnx.preview.training.Adam', inputs, { alpha: 0.9, beta: 0.99 }, { outputs: 6 }).map(
      ({ data }) => data[0],
    );
    const v = 0.9 * 0.3 - 0.1 * 0.5;
    const h = 0.99 * 0.05 + 0.01 * 0.25;
    const rate = (0.1 * Math.sqrt(1 - 0.99 ** 2)) / (1 - 0.9 ** 2);
    expect([found[1], found[3], found[5]]).toEqual(
      [2 - (rate * v) / (Math.sqrt(h) + 1e-6), v, h].map((value) => expect.closeTo(value, 12)),
    );
    const plain = run(
      'ai.onnx.preview.training.Momentum',
      [one(0.1), tensor([], [0], 'i64'), one(1), one(0.5), one(0.2)],
      { alpha: 0.9, beta: 0.3, mode: 'nesterov' },
    );
    expect(list(plain[0]!)).toEqual([expect.closeTo(1 - 0.1 * (0.5 + 0.9 * 0.68), 12)]);
  });
});
