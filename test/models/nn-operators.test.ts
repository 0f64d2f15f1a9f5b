/** Host operators of neural networks beyond the fixtures: products, convolutions, pooling, normalization, quantization. */
import { describe, expect, it } from 'vitest';
import { Attributes } from '../../src/models/run/call.js';
import type { HostTensor } from '../../src/models/run/values.js';
import { convGeometry, convTransposeGeometry, poolGeometry } from '../../src/models/run/windows.js';
import {
  at,
  distance,
  first,
  made,
  nodeOf,
  noise,
  type PlainAttributes,
  places,
  refusal,
  run,
  tensor,
} from '../support/host-operator.js';

const attributes = (plain: PlainAttributes): Attributes => new Attributes(nodeOf('Conv', plain), 22);

describe('window geometry', () => {
  it.each([
    ['SAME_UPPER', [5], [4], 1, [1], [2]],
    ['SAME_LOWER', [5], [4], 1, [2], [1]],
    ['SAME_UPPER', [5], [3], 2, [1], [1]],
    ['SAME_UPPER', [4], [3], 2, [0], [1]],
    ['SAME_LOWER', [4], [3], 2, [1], [0]],
    ['VALID', [5], [3], 2, [0], [0]],
  ])('%s pads %j under %j by stride %d with %j and %j', (auto_pad, input, kernel, stride, before, after) => {
    const found = convGeometry(attributes({ auto_pad, strides: [stride] }), input, kernel);
    expect([found.padsBegin, found.padsEnd]).toEqual([before, after]);
    const span = auto_pad === 'VALID' ? input[0]! - kernel[0]! + 1 : input[0]!;
    expect(found.output).toEqual([Math.ceil(span / stride)]);
  });

  it('drops a last window that would start in the padding after the input', () => {
    const node = { strides: [2], pads: [0, 1], ceil_mode: 1 };
    expect(poolGeometry(attributes(node), [4], [2]).output).toEqual([2]);
    expect(poolGeometry(attributes({ strides: [2], ceil_mode: 1 }), [5], [2]).output).toEqual([3]);
    expect(poolGeometry(attributes({ strides: [2] }), [5], [2]).output).toEqual([2]);
  });

  it('takes the padding of a transposed convolution from the output', () => {
    const of = (more: PlainAttributes) => convTransposeGeometry(attributes({ strides: [3], ...more }), [3], [3]);
    expect(of({ output_shape: [10] })).toMatchObject({ padsBegin: [0], output: [10] });
    expect(of({ output_shape: [8], auto_pad: 'SAME_UPPER' })).toMatchObject({
      padsBegin: [0],
      padsEnd: [1],
      output: [8],
    });
    expect(of({ output_shape: [8] })).toMatchObject({ padsBegin: [1], padsEnd: [0], output: [8] });
    expect(of({ pads: [1, 1], output_padding: [1] })).toMatchObject({ output: [8] });
  });
});

/** A convolution by its definition, for two spatial dimensions. */
function slowConv(
  x: HostTensor,
  w: HostTensor,
  groups: number,
  stride: number,
  dilation: number,
  pads: number[],
  out: number[],
): HostTensor {
  const [batch = 0] = x.dims;
  const [channels = 0, inGroup = 0, kh = 0, kw = 0] = w.dims;
  return made([batch, channels, ...out], (n, m, y, z) => {
    const group = Math.floor(m! / (channels / groups));
    let sum = 0;
    for (const [c, i, j] of places([inGroup, kh, kw])) {
      const row = y! * stride + i! * dilation - pads[0]!;
      sum += at(w, m!, c!, i!, j!) * at(x, n!, group * inGroup + c!, row, z! * stride + j! * dilation - pads[1]!);
    }
    return sum;
  });
}

describe('convolutions', () => {
  it('follow their definition with groups, dilation and uneven padding', () => {
    const [x, w] = [noise([2, 4, 7, 6]), noise([6, 2, 3, 2], 2)];
    const node = { group: 2, strides: [2, 2], dilations: [2, 2], pads: [1, 2, 2, 0] };
    expect(distance(first('Conv', [x, w], node), slowConv(x, w, 2, 2, 2, [1, 2], [3, 3]))).toBeLessThan(1e-12);
  });

  it('are the same in one and three dimensions where the others have one element', () => {
    const [x, w] = [noise([1, 3, 9]), noise([2, 3, 4], 3)];
    const line = first('Conv', [x, w], { pads: [1, 2] });
    const cube = first(
      'Conv',
      [
        { ...x, dims: [1, 3, 1, 9, 1] },
        { ...w, dims: [2, 3, 1, 4, 1] },
      ],
      { pads: [0, 1, 0, 0, 2, 0] },
    );
    expect(Array.from(cube.data)).toEqual(Array.from(line.data));
    expect(cube.dims).toEqual([1, 2, 1, 9, 1]);
  });

  it.each<[number, PlainAttributes]>([
    [1, { strides: [2, 3], pads: [1, 0, 0, 1] }],
    [2, { dilations: [2, 1], group: 2 }],
  ])('have the transposed one as their adjoint: %d groups', (groups, node) => {
    const [x, w] = [noise([2, 4, 6, 7]), noise([6, 4 / groups, 3, 2], 2)];
    const y = first('Conv', [x, w], node);
    const other = noise(y.dims, 5);
    const back = first('ConvTranspose', [other, w], node);
    expect(back.dims).toEqual(x.dims);
    const dot = (a: HostTensor, b: HostTensor) => a.data.reduce((sum, value, i) => sum + value * b.data[i]!, 0);
    expect(dot(x, back)).toBeCloseTo(dot(y, other), 10);
  });

  it('fold blocks back into an image, overlaps added', () => {
    const blocks = tensor([1, 4, 4], new Array(16).fill(1));
    const image = first('Col2Im', [blocks, tensor([2], [3, 3], 'i64'), tensor([2], [2, 2], 'i64')]);
    expect(Array.from(image.data)).toEqual([1, 2, 1, 2, 4, 2, 1, 2, 1]);
  });

  it('that are deformed by nothing are plain, with groups and a mask of ones', () => {
    const [x, w] = [noise([1, 4, 5, 5]), noise([2, 2, 3, 3], 2)];
    const [offset, mask] = [
      tensor([1, 36, 5, 5], new Float64Array(900)),
      tensor([1, 18, 5, 5], new Float64Array(450).fill(1)),
    ];
    const node = { group: 2, pads: [1, 1, 1, 1] };
    const moved = first('DeformConv', [x, w, offset, undefined, mask], { ...node, offset_group: 2 });
    expect(distance(moved, first('Conv', [x, w], node))).toBeLessThan(1e-12);
  });
});

describe('products', () => {
  it('broadcast batches and take vectors', () => {
    const [a, b] = [noise([2, 1, 3, 4]), noise([5, 4, 2], 2)];
    const slow = made([2, 5, 3, 2], (i, j, m, n) =>
      [0, 1, 2, 3].reduce((sum, k) => sum + at(a, i!, 0, m!, k) * at(b, j!, k, n!), 0),
    );
    expect(distance(first('MatMul', [a, b]), slow)).toBeLessThan(1e-12);
    expect(first('MatMul', [tensor([2], [1, 2]), tensor([2], [3, 4])])).toMatchObject({
      dims: [],
      data: Float64Array.of(11),
    });
    expect(first('MatMul', [noise([3]), noise([2, 3, 4])]).dims).toEqual([2, 4]);
  });

  it.each([
    'ij,jk',
    'ij,kj->ik',
    'iij->j',
    '...ij,...jk->...ik',
    'ij,j,ik->k',
    'ii',
    'ij->',
    'i...->...',
    'aij, bij -> ab',
  ])('sum %s by Einstein', (equation) => {
    const terms = equation.replaceAll(' ', '').split('->');
    const ranks = terms[0]!.split(',').map((term) => term.replace('...', '.').replace('.', 'Z'));
    const size = 3;
    const operands = ranks.map((term, i) => noise(new Array(term.length).fill(size), i + 1));
    const letters = [...new Set(ranks.join(''))];
    const once = letters.filter((letter) => ranks.join('').split(letter).length === 2 && letter !== 'Z').sort();
    const wanted = terms[1] === undefined ? once : [...terms[1].replace('...', 'Z')];
    const inner = letters.filter((letter) => !wanted.includes(letter));
    const slow = made(
      wanted.map(() => size),
      (...out) => {
        let sum = 0;
        for (const place of places(inner.map(() => size))) {
          const value = (letter: string) =>
            wanted.includes(letter) ? out[wanted.indexOf(letter)]! : place[inner.indexOf(letter)]!;
          sum += operands.reduce((product, operand, i) => product * at(operand, ...[...ranks[i]!].map(value)), 1);
        }
        return sum;
      },
    );
    expect(distance(first('Einsum', operands, { equation }), slow)).toBeLessThan(1e-12);
  });

  it('of packed weights unpack every width', () => {
    for (const bits of [2, 3, 4, 8]) {
      const [k, n, block] = [20, 3, 16];
      const codes = made([n, 2, block], (i, j, l) => (i! * 7 + j! * 5 + l! * 3) % 2 ** bits);
      const bytes = new Float64Array(n * 2 * 2 * bits);
      for (const [i, code] of codes.data.entries()) {
        for (let bit = 0; bit < bits; bit++)
          bytes[Math.floor((i * bits + bit) / 8)]! += ((code >> bit) & 1) << ((i * bits + bit) % 8);
      }
      const [a, scales] = [noise([2, k]), noise([n * 2], 4)];
      const slow = made([2, n], (m, column) => {
        let sum = 0;
        for (let i = 0; i < k; i++) {
          const own = Math.floor(i / block);
          sum +=
            at(a, m!, i) * (at(codes, column!, own, i % block) - 2 ** (bits - 1)) * scales.data[column! * 2 + own]!;
        }
        return sum;
      });
      const packed = tensor([n, 2, 2 * bits], bytes, 'u8');
      const found = first('com.microsoft.MatMulNBits', [a, packed, scales], { K: k, N: n, bits, block_size: block });
      expect(distance(found, slow)).toBeLessThan(1e-12);
    }
  });
});

describe('pooling', () => {
  const x = tensor([1, 1, 2, 3], [1, 6, 2, 5, 3, 4]);

  it('counts where the maximum was along rows or columns', () => {
    const node = { kernel_shape: [2, 2] };
    const wanted = { outputs: 2 };
    expect(run('MaxPool', [x], node, wanted).map(({ data }) => Array.from(data))).toEqual([
      [6, 6],
      [1, 1],
    ]);
    expect(Array.from(run('MaxPool', [x], { ...node, storage_order: 1 }, wanted)[1]!.data)).toEqual([2, 2]);
  });

  it('undoes the maximum, in the shape that is asked', () => {
    const [y, where] = [tensor([1, 1, 1, 1], [6]), tensor([1, 1, 1, 1], [1], 'i64')];
    expect(Array.from(first('MaxUnpool', [y, where], { kernel_shape: [2, 2] }).data)).toEqual([0, 6, 0, 0]);
    const wide = first('MaxUnpool', [y, where, tensor([4], [1, 1, 2, 3], 'i64')], { kernel_shape: [2, 2] });
    expect(Array.from(wide.data)).toEqual([0, 6, 0, 0, 0, 0]);
  });

  it('averages over padding that is stated, not over what ceil_mode adds', () => {
    const line = tensor([1, 1, 4], [1, 2, 3, 4]);
    const node = { kernel_shape: [3], strides: [2], pads: [1, 1], ceil_mode: 1 };
    expect(Array.from(first('AveragePool', [line], { ...node, count_include_pad: 1 }).data)).toEqual([1, 3, 2]);
    expect(Array.from(first('AveragePool', [line], node).data)).toEqual([1.5, 3, 4]);
  });
});

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

describe('what is refused', () => {
  const image = noise([1, 4, 5, 5]);
  const w = noise([2, 4, 3, 3]);
  it.each([
    ['Conv', [image, w], { strides: [0, 1] }, 'bad-value'],
    ['Conv', [image, w], { pads: [1, 1] }, 'bad-value'],
    ['Conv', [image, w], { pads: [2 ** 40, 0, 0, 0] }, 'bad-value'],
    ['Conv', [image, w], { pads: [2 ** 20, 2 ** 20, 0, 0] }, 'bad-shape'],
    ['Conv', [image, w], { dilations: [3, 3] }, 'bad-shape'],
    ['Conv', [image, w], { group: 3 }, 'bad-value'],
    ['Conv', [image, w], { group: 2 }, 'bad-shape'],
    ['Conv', [image, w], { auto_pad: 'SOME' }, 'bad-value'],
    ['Conv', [image, w, noise([3])], {}, 'bad-shape'],
    ['Conv', [image], {}, 'missing-input'],
    ['ConvTranspose', [noise([1, 2, 5, 5]), w], { strides: [2 ** 20, 2 ** 20] }, 'bad-shape'],
    ['MaxPool', [image], {}, 'bad-value'],
    ['MaxPool', [image], { kernel_shape: [9, 9] }, 'bad-shape'],
    ['MaxUnpool', [noise([1, 1, 2]), tensor([1, 1, 2], [0, 99], 'i64')], { kernel_shape: [2] }, 'bad-value'],
    ['MatMul', [noise([2, 3]), noise([2, 3])], {}, 'bad-shape'],
    ['MatMul', [noise([20000, 1]), noise([1, 20000])], {}, 'bad-shape'],
    ['Gemm', [noise([2, 3]), noise([3, 2]), noise([3, 2])], {}, 'bad-shape'],
    ['Einsum', [noise([2, 3]), noise([2, 3])], { equation: 'ij,jk->ik' }, 'bad-shape'],
    ['Einsum', [noise([2])], { equation: 'i->ii' }, 'bad-value'],
    ['Einsum', [noise([2])], { equation: 'i,j->ij' }, 'bad-value'],
    ['Einsum', [noise([2])], { equation: '...i...->i' }, 'bad-value'],
    ['LRN', [image], { size: 0 }, 'bad-value'],
    ['QuantizeLinear', [image, tensor([3], [1, 1, 1])], {}, 'bad-shape'],
    ['QuantizeLinear', [image, tensor([], [1])], { output_dtype: 99 }, 'unsupported-type'],
    [
      'com.microsoft.MatMulNBits',
      [noise([1, 4]), noise([1, 1, 8]), noise([1])],
      { K: 4, N: 2 ** 30, block_size: 16 },
      'bad-shape',
    ],
  ] as const)('%s %#', (key, inputs, node, code) => {
    expect(refusal(key, inputs, node)).toBe(code);
  });
});
