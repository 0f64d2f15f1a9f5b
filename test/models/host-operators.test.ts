/** Arithmetic, reductions and random numbers on the host: values worked out by hand, also of old operator sets. */
import { describe, expect, it } from 'vitest';
import { type HostTensor, hostStrings, hostTensor } from '../../src/models/run/values.js';
import { f32, type Given, i64, itComputes, one, run, type Setting, text, upTo } from '../support/worked-operators.js';

const nan = Number.NaN;
const infinity = Number.POSITIVE_INFINITY;

it('are each computed in one file', () => {
  const files = import.meta.glob<{ readonly default: object }>('../../src/models/run/host/*.ts', { eager: true });
  const names = Object.values(files).flatMap((file) => Object.keys(file.default));
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
});

describe('operators with values worked out by hand', () => {
  itComputes([
    // Forms of older operator sets.
    ['Clip', [f32([3], [-2, 0.5, 9])], { min: -1, max: 6 }, 6, 'f32[3]: -1 0.5 6'],
    ['Clip', [f32([2], [1, 5]), one('f32', 4), one('f32', 2)], {}, 13, 'f32[2]: 2 2'],
    ['Slice', [upTo(3, 4)], { starts: [1, 0], ends: [3, 2], axes: [0, 1] }, 9, 'f32[2,2]: 4 5 8 9'],
    ['Slice', [upTo(5), i64(-1), i64(-(2 ** 63)), i64(0), i64(-2)], {}, 13, 'f32[3]: 4 2 0'],
    ['Slice', [upTo(5), i64(3), i64(2 ** 63)], {}, 13, 'f32[2]: 3 4'],
    ['Slice', [upTo(5), i64(4), i64(2)], {}, 13, 'f32[0]: '],
    ['Pad', [upTo(2)], { pads: [1, 2], value: 7.5 }, 2, 'f32[5]: 7.5 0 1 7.5 7.5'],
    ['Pad', [upTo(4), i64(-1, 1), undefined], {}, 18, 'f32[4]: 1 2 3 0'],
    ['Pad', [upTo(3), i64(4, 5)], { mode: 'wrap' }, 19, 'f32[12]: 2 0 1 2 0 1 2 0 1 2 0 1'],
    ['Pad', [upTo(3), i64(3, 4)], { mode: 'reflect' }, 19, 'f32[10]: 1 2 1 0 1 2 1 0 1 2'],
    ['Pad', [upTo(1, 2), i64(1, 1), one('f32', 9), i64(-2)], {}, 18, 'f32[3,2]: 9 9 0 1 9 9'],
    ['ReduceSum', [upTo(2, 3)], { axes: [1], keepdims: 0 }, 11, 'f32[2]: 3 12'],
    ['ReduceSum', [upTo(2), i64()], { noop_with_empty_axes: 1 }, 13, 'f32[2]: 0 1'],
    ['ReduceSumSquare', [upTo(3), i64()], { noop_with_empty_axes: 1 }, 18, 'f32[3]: 0 1 4'],
    ['ReduceSum', [upTo(2, 2), i64()], {}, 13, 'f32[1,1]: 6'],
    ['ReduceMax', [hostTensor('i8', [0], [])], { keepdims: 0 }, 20, 'i8[]: -128'],
    ['ReduceMin', [hostTensor('bool', [2, 2], [1, 1, 0, 1]), i64(1)], {}, 20, 'bool[2,1]: 1 0'],
    ['ReduceLogSumExp', [f32([2], [1000, 1000])], { keepdims: 0 }, 18, `f32[]: ${Math.fround(1000 + Math.LN2)}`],
    ['ReduceMean', [hostTensor('i32', [3], [1, 2, 5])], {}, 18, 'i32[1]: 2'],
    ['Softmax', [f32([1, 2, 2], [0, 0, 0, 0])], {}, 11, 'f32[1,2,2]: 0.25 0.25 0.25 0.25'],
    ['Softmax', [f32([1, 2, 2], [0, 0, 0, 0])], {}, 13, 'f32[1,2,2]: 0.5 0.5 0.5 0.5'],
    ['Hardmax', [f32([2, 1, 2], [1, 3, 3, 3])], {}, 11, 'f32[2,1,2]: 0 1 1 0'],
    ['Split', [upTo(5)], { split: [2, 3] }, 11, 'f32[2]: 0 1', 'f32[3]: 2 3 4'],
    ['Split', [upTo(5)], { num_outputs: 2 }, 18, 'f32[3]: 0 1 2', 'f32[2]: 3 4'],
    ['TopK', [f32([4], [1, 3, 3, 2])], { k: 2 }, 1, 'f32[2]: 3 3', 'i64[2]: 1 2'],
    [
      'TopK',
      [f32([2, 2, 2], [5, 1, 2, 8, 0, 1, 1, 0]), i64(1)],
      { axis: 1, largest: 0 },
      11,
      'f32[2,1,2]: 2 1 0 0',
      'i64[2,1,2]: 1 0 0 1',
    ],
    ['Dropout', [upTo(2)], { ratio: 0.5 }, 7, 'f32[2]: 0 1', 'f32[2]: 1 1'],
    ['Dropout', [upTo(2)], {}, 13, 'f32[2]: 0 1', 'bool[2]: 1 1'],
    ['Scatter', [upTo(3), i64(1), f32([1], [9])], {}, 9, 'f32[3]: 0 9 2'],
    // Integers.
    ['Div', [hostTensor('i32', [3], [-7, 7, 1]), hostTensor('i32', [3], [2, -2, 0])], {}, 14, 'i32[3]: -3 -3 0'],
    ['Sub', [hostTensor('u8', [1], [1]), hostTensor('u8', [1], [2])], {}, 14, 'u8[1]: 255'],
    ['Add', [one('i32', 2 ** 31 - 1), one('i32', 1)], {}, 14, `i32[]: ${-(2 ** 31)}`],
    ['Mul', [one('i64', 2 ** 62), one('i64', 4)], {}, 14, 'i64[]: 0'],
    ['Mod', [i64(-7, 7), i64(3, -3)], {}, 13, 'i64[2]: 2 -2'],
    ['Mod', [i64(-7, 7), i64(3, -3)], { fmod: 1 }, 13, 'i64[2]: -1 1'],
    ['Pow', [one('i32', 7), one('f32', 0.5)], {}, 15, 'i32[]: 2'],
    ['Pow', [one('f32', 2), one('i64', -1)], {}, 15, 'f32[]: 0.5'],
    ['BitShift', [one('u8', 255), one('u8', 1)], { direction: 'LEFT' }, 11, 'u8[]: 254'],
    ['BitShift', [one('u64', 2 ** 52), one('u64', 51)], { direction: 'RIGHT' }, 11, 'u64[]: 2'],
    ['BitwiseNot', [hostTensor('u8', [2], [0, 200])], {}, 18, 'u8[2]: 255 55'],
    ['BitwiseNot', [hostTensor('i8', [2], [0, -5])], {}, 18, 'i8[2]: -1 4'],
    // Floats.
    ['Round', [f32([5], [0.5, 1.5, 2.5, -1.5, -2.6])], {}, 22, 'f32[5]: 0 2 2 -2 -3'],
    ['Sign', [f32([3], [-2, 0, nan])], {}, 13, 'f32[3]: -1 0 NaN'],
    ['IsInf', [f32([3], [-infinity, infinity, nan])], { detect_negative: 0 }, 20, 'bool[3]: 0 1 0'],
    ['Max', [f32([2], [1, nan]), f32([1], [2])], {}, 13, 'f32[2]: 2 NaN'],
    ['Mean', [f32([1], [1]), f32([2], [2, 5])], {}, 13, 'f32[2]: 1.5 3'],
    ['PRelu', [f32([2, 1, 2], [-1, 2, -3, -4]), f32([2], [0.5, 2])], {}, 16, 'f32[2,1,2]: -0.5 2 -1.5 -8'],
    ['Shrink', [f32([3], [-2, 1, 3])], { lambd: 1.5, bias: 0.5 }, 9, 'f32[3]: -1.5 0 2.5'],
    ['Softplus', [f32([2], [1000, -1000])], {}, 1, 'f32[2]: 1000 0'],
    ['Swish', [f32([1], [2])], { alpha: 0 }, 24, 'f32[1]: 1'],
    ['Equal', [text('a', 'b'), hostStrings([], ['b'])], {}, 19, 'bool[2]: 0 1'],
    ['Where', [hostTensor('bool', [2, 1], [1, 0]), text('a', 'b'), text('c')], {}, 16, 'string[2,2]: a b c c'],
    ['ArgMax', [f32([3], [1, 4, 4])], { select_last_index: 1 }, 13, 'i64[1]: 2'],
    ['CumSum', [upTo(3), one('i32', -1)], { exclusive: 1, reverse: 1 }, 14, 'f32[3]: 3 2 0'],
    ['Det', [f32([2, 2, 2], [0, 1, 1, 0, 1, 2, 2, 4])], {}, 22, 'f32[2]: -1 0'],
  ]);
});

describe('random operators', () => {
  const draw = (seed: Readonly<Record<string, Setting>>): HostTensor =>
    run('RandomUniform', [], { shape: [1000], low: 2, high: 4, ...seed })[0] as HostTensor;

  it('give the same numbers for the same seed, and others without one', () => {
    expect(draw({ seed: 1.5 })).toEqual(draw({ seed: 1.5 }));
    expect(draw({ seed: 1.5 })).not.toEqual(draw({ seed: 2.5 }));
    expect(draw({})).not.toEqual(draw({}));
    expect(draw({}).data.every((x) => x >= 2 && x <= 4)).toBe(true);
  });

  it('follow their distribution', () => {
    const mean = (value: Given): number => (value as HostTensor).data.reduce((a, b) => a + b, 0) / 10_000;
    const even = f32([10_000], new Array(10_000).fill(0.3));
    expect(mean(run('Bernoulli', [even], { seed: 3.5 })[0])).toBeCloseTo(0.3, 1);
    const odds = f32([1, 2], [Math.log(1), Math.log(3)]);
    expect(mean(run('Multinomial', [odds], { seed: 3.5, sample_size: 10_000 })[0])).toBeCloseTo(0.75, 1);
    const dropped = run('Dropout', [even, one('f32', 0.25), one('bool', 1)], { seed: 1 }, 13)[0];
    expect(mean(dropped)).toBeCloseTo(0.3, 1);
  });
});
