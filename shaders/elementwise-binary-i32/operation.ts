/** C = f(A, B) element by element on 32-bit integers, with broadcasting. */
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
import { integerFunctions } from './functions.js';
import helpers from './functions.wgsl';

export const form: BinaryForm = { functions: integerFunctions, operand: 'i32', result: 'i32', helpers: [helpers] };

export const elementwiseBinaryI32 = defineOperation<BinaryShape>({
  id: 'elementwise-binary-i32',
  title: 'Element-wise, two integers',
  summary: 'C = f(A, B) on 32-bit integers with broadcasting, f being arithmetic, bitwise, logical or a comparison.',
  ...binarySignature(form),
  inputs: (shape, random) => {
    const any = (count: number) => Int32Array.from({ length: count }, () => random.below(2 ** 20) - 2 ** 19);
    const operands = { A: any(reachOf(shape, 'a')), B: any(reachOf(shape, 'b')) };
    return intoDomain(shape, operands, integerFunctions[shape.f - 1]!.domain);
  },
  reference: (inputs, shape, pick) => binaryAnswer(inputs, shape, pick, integerFunctions[shape.f - 1]!.exact),
  cost: binaryCost(form),
  cases: binaryCases(form),
  presets: binaryPresets,
  sweep: binarySweep,
});
