/** C = f(A, B) element by element in f32, with broadcasting. */
import { defineOperation } from '../../src/kernel/operation.js';
import {
  type BinaryForm,
  type BinaryShape,
  binaryAnswer,
  binaryCases,
  binaryCost,
  binaryPresets,
  binarySignature,
  binarySweep,
  intoDomain,
} from '../lib/elementwise/binary.js';
import { reachOf } from '../lib/strided/strided.js';
import { floatFunctions } from './functions.js';
import helpers from './functions.wgsl';

export const form: BinaryForm = { functions: floatFunctions, operand: 'f32', result: 'f32', helpers: [helpers] };

export const elementwiseBinary = defineOperation<BinaryShape>({
  id: 'elementwise-binary',
  title: 'Element-wise, two operands',
  summary: 'C = f(A, B) in f32 with broadcasting over up to six dimensions, f being a sum, product, power or the like.',
  ...binarySignature(form),
  inputs: (shape, random) => {
    const A = random.values(reachOf(shape, 'a'));
    const B = random.values(reachOf(shape, 'b'));
    return intoDomain(shape, { A, B }, floatFunctions[shape.f - 1]!.domain);
  },
  reference: (inputs, shape, pick) => {
    const { exact, bound } = floatFunctions[shape.f - 1]!;
    return binaryAnswer(inputs, shape, pick, exact, bound);
  },
  cost: binaryCost(form),
  cases: binaryCases(form),
  presets: binaryPresets,
  sweep: binarySweep,
});
