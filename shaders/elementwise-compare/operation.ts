/** C = f(A, B) for comparisons of f32: 1 where it holds, else 0. */
import { defineOperation } from '../../src/kernel/operation.js';
import {
  type BinaryForm,
  type BinaryFunction,
  type BinaryShape,
  binaryBindings,
  binaryCases,
  binaryCost,
  binaryParameters,
  binaryPresets,
  binarySweep,
} from '../lib/elementwise/binary.js';
import { countOf, placesOf, reachOf } from '../lib/strided/strided.js';

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
  parameters: binaryParameters(comparisons),
  valid: ({ f }) => f <= comparisons.length || `There are ${comparisons.length} comparisons, and no ${f}.`,
  bindings: binaryBindings('f32', 'i32'),
  inputs: (shape, random) => {
    // Quarters, so that some are equal.
    const quarters = (count: number) => random.values(count).map((value) => Math.round(4 * value) / 4);
    return { A: quarters(reachOf(shape, 'a')), B: quarters(reachOf(shape, 'b')) };
  },
  reference: ({ A, B }, shape, pick) => {
    const { exact } = comparisons[shape.f - 1]!;
    const rows = pick(countOf(shape));
    const [a, b] = [placesOf(shape, 'a'), placesOf(shape, 'b')];
    const values = Float64Array.from(rows, (i) => (exact(A![a[i]!]!, B![b[i]!]!) ? 1 : 0));
    return [{ output: 'C', columns: 1, rows, values, bounds: new Float64Array(rows.length) }];
  },
  cost: (shape) => binaryCost(shape, 'add32'),
  cases: binaryCases(comparisons),
  presets: binaryPresets,
  sweep: binarySweep,
});
