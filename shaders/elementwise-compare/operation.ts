/** C = f(A, B) for comparisons of f32: 1 where it holds, else 0. */
import { defineOperation } from '../../src/kernel/operation.js';
import {
  type BinaryForm,
  type BinaryFunction,
  type BinaryShape,
  binaryAnswer,
  binaryCases,
  binaryCost,
  binaryPresets,
  binarySignature,
  binarySweep,
} from '../lib/elementwise/binary.js';
import { reachOf } from '../lib/strided/strided.js';

interface Comparison extends BinaryFunction {
  readonly exact: (a: number, b: number) => boolean;
}

/** In the order of their numbers, the first being 1. */
export const comparisons: readonly Comparison[] = [
  { name: 'equal', wgsl: 'a == b', exact: (a, b) => a === b },
  { name: 'less', wgsl: 'a < b', exact: (a, b) => a < b },
  { name: 'less-or-equal', wgsl: 'a <= b', exact: (a, b) => a <= b },
  { name: 'greater', wgsl: 'a > b', exact: (a, b) => a > b },
  { name: 'greater-or-equal', wgsl: 'a >= b', exact: (a, b) => a >= b },
];

export const form: BinaryForm = { functions: comparisons, operand: 'f32', result: 'i32' };

export const elementwiseCompare = defineOperation<BinaryShape>({
  id: 'elementwise-compare',
  title: 'Element-wise comparison',
  summary: 'C = 1 where A and B compare as asked and 0 elsewhere, with broadcasting over up to six dimensions.',
  ...binarySignature(form),
  inputs: (shape, random) => {
    // Quarters, so that some are equal.
    const quarters = (count: number) => random.values(count).map((value) => Math.round(4 * value) / 4);
    return { A: quarters(reachOf(shape, 'a')), B: quarters(reachOf(shape, 'b')) };
  },
  reference: (inputs, shape, pick) => {
    const { exact } = comparisons[shape.f - 1]!;
    return binaryAnswer(inputs, shape, pick, (a, b) => (exact(a, b) ? 1 : 0));
  },
  cost: binaryCost(form),
  cases: binaryCases(form),
  presets: binaryPresets,
  sweep: binarySweep,
});
