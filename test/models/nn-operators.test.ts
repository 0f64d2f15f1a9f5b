/** Host operators of neural networks beyond the fixtures: products, convolutions, pooling, and what is refused. */
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
    ['MaxPool', [image], { kernel_shape: [2 ** 20, 2 ** 20], pads: [2 ** 20, 2 ** 20, 0, 0] }, 'bad-value'],
    [
      'AveragePool',
      [noise([1, 1, 2, 4096])],
      { kernel_shape: [4096, 4096], pads: [4095, 4095, 4095, 4095] },
      'unsupported-form',
    ],
    ['DFT', [noise([1, 4, 1]), tensor([], [2 ** 27], 'i64')], {}, 'bad-value'],
    ['RoiAlign', [image, noise([1, 4]), tensor([1], [0], 'i64')], { sampling_ratio: 2 ** 20 }, 'unsupported-form'],
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
