/** What operators on the host refuse, and the sentence they say. */
import { describe, expect, it } from 'vitest';
import { ModelRunError } from '../../src/models/run/errors.js';
import { hostTensor } from '../../src/models/run/values.js';
import { f32, type Given, i64, one, run, type Setting, text, upTo } from '../support/worked-operators.js';

describe('what is refused', () => {
  const huge = 10 ** 12;
  it.each<readonly [string, readonly Given[], Readonly<Record<string, Setting>>, RegExp]>([
    ['Range', [one('i64', 0), one('i64', huge), one('i64', 1)], {}, /134217728/],
    ['Range', [one('f32', 0), one('f32', 1), one('f32', 0)], {}, /no length/],
    ['ConstantOfShape', [i64(huge)], {}, /134217728/],
    ['ConstantOfShape', [i64(-1)], {}, /no dimensions/],
    ['Expand', [upTo(1), i64(huge)], {}, /134217728/],
    ['Tile', [upTo(2), i64(huge)], {}, /134217728/],
    ['Tile', [upTo(2), i64(-1)], {}, /no dimensions/],
    ['Pad', [upTo(2), i64(huge, 0)], {}, /134217728/],
    ['CenterCropPad', [upTo(2), i64(huge)], {}, /134217728/],
    ['OneHot', [i64(1), one('i64', huge), f32([2], [0, 1])], {}, /134217728/],
    ['RandomNormal', [], { shape: [2 ** 20, 2 ** 20] }, /134217728/],
    ['HannWindow', [one('i64', huge)], {}, /134217728/],
    ['Gather', [upTo(2), i64(2)], {}, /index 2 is not in a dimension of 2/],
    ['GatherND', [upTo(2), hostTensor('i64', [1, 2], [0, 0])], {}, /do not point into/],
    ['ScatterND', [upTo(3), hostTensor('i64', [1, 1], [0]), upTo(2)], {}, /updates/],
    ['Concat', [upTo(2), upTo(1, 2)], { axis: 0 }, /not joined/],
    ['Transpose', [upTo(2, 2)], { perm: [0, 0] }, /no order/],
    ['Slice', [upTo(2), i64(0), i64(1), i64(0), i64(0)], {}, /step is 0/],
    ['TopK', [upTo(2), i64(3)], {}, /k is 3/],
    ['Split', [upTo(5), i64(2, 2)], {}, /do not make up/],
    ['Cast', [text('seven')], { to: 1 }, /no number/],
    ['Cast', [upTo(1)], { to: 99 }, /no element type/],
    ['BitShift', [one('u8', 1), one('u8', 1)], { direction: 'UP' }, /LEFT or RIGHT/],
    ['Exp', [text('a')], {}, /no floating-point/],
    ['Add', [upTo(2), upTo(3)], {}, /broadcast/],
    ['SequenceAt', [{ kind: 'sequence', items: [] }, one('i64', 0)], {}, /sequence of 0/],
    ['OptionalGetElement', [{ kind: 'optional' }], {}, /empty/],
    ['RegexFullMatch', [text('a')], { pattern: '(((a{1000}){1000}){1000})' }, /5000 steps/],
    ['Slice', [{ ...upTo(0), dims: [2 ** 40, 0] }, i64(0), i64(2 ** 41), i64(0)], {}, /134217728/],
    ['Unique', [{ ...upTo(0), dims: [2 ** 40, 0] }], { axis: 0 }, /134217728/],
    ['SplitToSequence', [upTo(2 ** 21)], {}, /2097152 parts/],
    ['RegexFullMatch', [text('a')], { pattern: '(a' }, /leaves a group open/],
  ])('%s %#', (op, inputs, settings, message) => {
    const call = (): unknown => run(op, inputs, settings);
    expect(call).toThrow(ModelRunError);
    expect(call).toThrow(message);
  });
});
