/** Operators on the host that move elements about, choose them or make them up: values worked out by hand. */
import { describe } from 'vitest';
import { hostTensor } from '../../src/models/run/values.js';
import { f32, i64, itComputes, one, text, upTo } from '../support/worked-operators.js';

const nan = Number.NaN;

describe('operators with values worked out by hand', () => {
  itComputes([
    // Places.
    ['Transpose', [text('a', 'b')], {}, 21, 'string[2]: a b'],
    ['Transpose', [upTo(2, 3)], {}, 21, 'f32[3,2]: 0 3 1 4 2 5'],
    ['Expand', [upTo(2, 1), i64(1, 2)], {}, 13, 'f32[2,2]: 0 0 1 1'],
    ['Tile', [text('a', 'b'), i64(2)], {}, 13, 'string[4]: a b a b'],
    ['Gather', [upTo(3, 2), one('i64', -1)], { axis: 0 }, 13, 'f32[2]: 4 5'],
    ['GatherND', [upTo(2, 2, 2), hostTensor('i64', [2, 1], [1, 0])], { batch_dims: 1 }, 13, 'f32[2,2]: 2 3 4 5'],
    [
      'ScatterND',
      [upTo(3), hostTensor('i64', [2, 1], [1, 1]), f32([2], [5, 6])],
      { reduction: 'add' },
      18,
      'f32[3]: 0 12 2',
    ],
    [
      'ScatterElements',
      [f32([1, 3], [1, 2, 3]), hostTensor('i64', [1, 2], [0, -1]), f32([1, 2], [9, 1])],
      { axis: 1, reduction: 'max' },
      18,
      'f32[1,3]: 9 2 3',
    ],
    [
      'TensorScatter',
      [f32([2, 3, 1], [0, 0, 0, 0, 0, 0]), f32([2, 2, 1], [1, 2, 3, 4]), i64(2, 0)],
      { mode: 'circular' },
      24,
      'f32[2,3,1]: 2 0 1 3 4 0',
    ],
    ['OneHot', [i64(0, -1, 5), one('i64', 3), f32([2], [0, 1])], { axis: 0 }, 11, 'f32[3,3]: 1 0 0 0 0 0 0 1 0'],
    ['Trilu', [upTo(2, 3), one('i64', 1)], { upper: 0 }, 14, 'f32[2,3]: 0 1 0 3 4 5'],
    ['Compress', [upTo(2, 2), hostTensor('bool', [3], [0, 1, 1])], {}, 11, 'f32[2]: 1 2'],
    ['NonZero', [f32([2, 2], [1, 0, 0, 4])], {}, 13, 'i64[2,2]: 0 1 0 1'],
    ['Range', [one('i64', 10), one('i64', 4), one('i64', -3)], {}, 11, 'i64[2]: 10 7'],
    ['EyeLike', [upTo(2, 3)], { k: -1, dtype: 7 }, 9, 'i64[2,3]: 0 0 0 1 0 0'],
    [
      'Unique',
      [hostTensor('i64', [2, 3], [2, 1, 2, 2, 0, 2])],
      { axis: 1 },
      11,
      'i64[2,2]: 1 2 0 2',
      'i64[2]: 1 0',
      'i64[3]: 1 0 1',
      'i64[2]: 1 2',
    ],
    [
      'Unique',
      [text('b', 'a', 'b')],
      { sorted: 0 },
      11,
      'string[2]: b a',
      'i64[2]: 0 1',
      'i64[3]: 0 1 0',
      'i64[2]: 2 1',
    ],
    [
      'Unique',
      [f32([6], [3, nan, -1, 3, nan, 0])],
      {},
      11,
      'f32[4]: -1 0 3 NaN',
      'i64[4]: 2 5 0 1',
      'i64[6]: 2 3 0 2 3 1',
      'i64[4]: 1 1 2 2',
    ],
    ['ReverseSequence', [upTo(3, 2), i64(2, 3)], {}, 10, 'f32[3,2]: 2 5 0 3 4 1'],
    ['HannWindow', [one('i64', 4)], {}, 17, 'f32[4]: 0 0.5 1 0.5'],
    // Where one dimension is 0 the others may be of any size.
    ['CumSum', [{ ...upTo(0), dims: [2 ** 40, 0] }, one('i64', 1)], {}, 14, `f32[${2 ** 40},0]: `],
    ['Gather', [{ ...upTo(0), dims: [2 ** 40, 2, 0] }, i64()], { axis: 1 }, 13, `f32[${2 ** 40},0,0]: `],
    [
      'Concat',
      [
        { ...upTo(0), dims: [2 ** 40, 0] },
        { ...upTo(0), dims: [2 ** 40, 0] },
      ],
      { axis: 1 },
      13,
      `f32[${2 ** 40},0]: `,
    ],
    ['OneHot', [i64(0), one('i64', 2), text('off', 'on')], {}, 11, 'string[1,2]: on off'],
  ]);
});
