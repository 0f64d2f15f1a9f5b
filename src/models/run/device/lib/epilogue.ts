/** The activation that a fused node carries, as the sizes of a kernel. */
import {
  clipActivation,
  type EpilogueShape,
  leakyActivation,
  noActivation,
  reluActivation,
} from '../../../../../shaders/lib/epilogue.js';
import type { Attributes } from '../../call.js';

/**
 * As com.microsoft's FusedConv states it: `activation` with its numbers in `activation_params`.
 * @returns undefined for one that no kernel applies.
 */
export function epilogueOf(call: Attributes): EpilogueShape | undefined {
  const [first, second] = call.floats('activation_params') ?? [];
  switch (call.string('activation', '')) {
    case '':
      return noActivation;
    case 'Relu':
      return reluActivation;
    case 'LeakyRelu':
      return leakyActivation(first ?? 0.01);
    case 'Clip':
      return clipActivation(first ?? Number.NEGATIVE_INFINITY, second ?? Number.POSITIVE_INFINITY);
    default:
      return undefined;
  }
}
