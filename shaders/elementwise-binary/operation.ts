/** C = f(A, B) element by element in f32, with broadcasting. */
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
import { floatFunctions } from './functions.js';
import helpers from './functions.wgsl';

export const form: BinaryForm = { functions: floatFunctions, operand: 'f32', result: 'f32', helpers: [helpers] };

export const elementwiseBinary = defineOperation<BinaryShape>({
  id: 'elementwise-binary',
  title: 'Element-wise, two operands',
  summary: 'C = f(A, B) in f32 with broadcasting over up to six dimensions, f being a sum, product, power or the like.',
  parameters: binaryParameters(floatFunctions),
  valid: ({ f }) => f <= floatFunctions.length || `There are ${floatFunctions.length} functions, and no ${f}.`,
  bindings: binaryBindings('f32', 'f32'),
  inputs: (shape, random) => {
    const { domain = (a, b) => [a, b] } = floatFunctions[shape.f - 1]!;
    const A = random.values(reachOf(shape, 'a'));
    const B = random.values(reachOf(shape, 'b'));
    // An operand that is broadcast meets several others, so each is brought into the domain with one of them.
    const [a, b] = [placesOf(shape, 'a'), placesOf(shape, 'b')];
    for (let i = 0; i < a.length; i++) [A[a[i]!], B[b[i]!]] = domain(A[a[i]!]!, B[b[i]!]!) as [number, number];
    return { A, B };
  },
  reference: ({ A, B }, shape, pick) => {
    const { exact, bound = () => 0 } = floatFunctions[shape.f - 1]!;
    const rows = pick(countOf(shape));
    const [a, b] = [placesOf(shape, 'a'), placesOf(shape, 'b')];
    const values = Float64Array.from(rows, (i) => exact(A![a[i]!]!, B![b[i]!]!));
    const bounds = Float64Array.from(rows, (i) => bound(A![a[i]!]!, B![b[i]!]!));
    return [{ output: 'C', columns: 1, rows, values, bounds }];
  },
  cost: (shape) => binaryCost(shape, 'add32'),
  cases: binaryCases(floatFunctions),
  presets: binaryPresets,
  sweep: binarySweep,
});
