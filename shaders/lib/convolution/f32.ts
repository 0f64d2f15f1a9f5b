/** What convolutions in f32 share, the transposed one too: sizes and buffers, inputs, the answer from exact sums. */
import type { Buffers, PickRows, Reference, Signature } from '../../../src/kernel/operation.js';
import { f32Roundoff, gamma } from '../../../src/numerics/matmul.js';
import type { Random } from '../../../src/numerics/random.js';
import { answerByRow } from '../answer.js';
import { activate, type EpilogueShape, epilogueParameters, growth, validEpilogue } from '../epilogue.js';
import { allOf } from '../valid.js';
import {
  biasLength,
  type ConvolutionShape,
  convolutionParameters,
  depthOf,
  inputLength,
  operandBindings,
  resultBinding,
  validGroups,
  weightLength,
} from './shape.js';

export interface ConvShape extends ConvolutionShape, EpilogueShape {}

/** @param weights layout of W, e.g. `filters × channels/groups × kernel`. */
export function convolutionSignature(weights: string): Pick<Signature<ConvShape>, 'parameters' | 'valid' | 'bindings'> {
  return {
    parameters: [...convolutionParameters, ...epilogueParameters],
    valid: (shape) => allOf(validGroups(shape), validEpilogue(shape)),
    bindings: [...operandBindings('f32', weights), resultBinding('f32')],
  };
}

export function convolutionInputs(shape: ConvShape, random: Random): Buffers {
  return {
    X: random.values(inputLength(shape)),
    W: random.values(weightLength(shape)),
    bias: random.values(biasLength(shape)),
  };
}

/** Sums of products, and of their magnitudes, pixel by pixel. */
export interface PlaneSums {
  readonly values: Float64Array;
  readonly sizes: Float64Array;
}

/** activation(sum + bias). @param sumsOf the exact sums of plane `row` of Y. */
export function convolutionAnswer(
  { X, W, bias }: Buffers,
  shape: ConvShape,
  pick: PickRows,
  sumsOf: (x: ArrayLike<number>, w: ArrayLike<number>, shape: ConvShape, row: number) => PlaneSums,
): readonly Reference[] {
  const columns = shape.outHeight * shape.outWidth;
  // The products and sums, the bias, the slope.
  const factor = gamma(depthOf(shape) + 2, f32Roundoff) * growth(shape);
  return answerByRow('Y', columns, pick(shape.batch * shape.filters), (row, values, bounds) => {
    const sums = sumsOf(X!, W!, shape, row);
    const offset = shape.bias === 1 ? 0 : bias![row % shape.filters]!;
    for (let at = 0; at < columns; at++) {
      values[at] = activate(shape, sums.values[at]! + offset);
      bounds[at] = factor * (sums.sizes[at]! + Math.abs(offset));
    }
  });
}
