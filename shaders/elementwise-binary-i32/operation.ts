/** C = f(A, B) element by element on 32-bit integers, with broadcasting. */
import { defineOperation } from '../../src/kernel/operation.js';
import {
  type BinaryForm,
  type BinaryShape,
  binaryBindings,
  binaryCases,
  binaryCost,
  binaryParameters,
  binaryPresets,
  binarySweep,
} from '../lib/elementwise/binary.js';
import { countOf, placesOf, reachOf } from '../lib/strided/strided.js';
import { integerFunctions } from './functions.js';
import helpers from './functions.wgsl';

export const form: BinaryForm = { functions: integerFunctions, operand: 'i32', result: 'i32', helpers: [helpers] };

export const elementwiseBinaryI32 = defineOperation<BinaryShape>({
  id: 'elementwise-binary-i32',
  title: 'Element-wise, two integers',
  summary: 'C = f(A, B) on 32-bit integers with broadcasting, f being arithmetic, bitwise, logical or a comparison.',
  parameters: binaryParameters(integerFunctions),
  valid: ({ f }) => f <= integerFunctions.length || `There are ${integerFunctions.length} functions, and no ${f}.`,
  bindings: binaryBindings('i32', 'i32'),
  inputs: (shape, random) => {
    const { domain = (a, b) => [a, b] } = integerFunctions[shape.f - 1]!;
    const any = (count: number) => Int32Array.from({ length: count }, () => random.below(2 ** 20) - 2 ** 19);
    const [A, B] = [any(reachOf(shape, 'a')), any(reachOf(shape, 'b'))];
    const [a, b] = [placesOf(shape, 'a'), placesOf(shape, 'b')];
    for (let i = 0; i < a.length; i++) [A[a[i]!], B[b[i]!]] = domain(A[a[i]!]!, B[b[i]!]!) as [number, number];
    return { A, B };
  },
  reference: ({ A, B }, shape, pick) => {
    const { exact } = integerFunctions[shape.f - 1]!;
    const rows = pick(countOf(shape));
    const [a, b] = [placesOf(shape, 'a'), placesOf(shape, 'b')];
    const values = Float64Array.from(rows, (i) => exact(A![a[i]!]!, B![b[i]!]!));
    return [{ output: 'C', columns: 1, rows, values, bounds: new Float64Array(rows.length) }];
  },
  cost: (shape) => binaryCost(shape, 'iadd'),
  cases: binaryCases(integerFunctions),
  presets: binaryPresets,
  sweep: binarySweep,
});
