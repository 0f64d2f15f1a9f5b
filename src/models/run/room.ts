/** Memory for the host's results, refused by name before it is taken where a size from the file is beyond reason. */
import { elementCount, isCountable } from '../tensor.js';
import type { Attributes } from './call.js';

/** Elements that one value made on the host may have: a gibibyte of doubles. */
export const maxElements = 2 ** 27;

/** What making an element and rounding it to its type costs, in operations of a product. */
export const operationsPerElement = 16;

/**
 * How many elements the dimensions hold.
 * @throws ModelRunError `bad-value` for dimensions that are none, or more elements than the host holds.
 */
export function checkedCount(call: Attributes, dims: readonly number[]): number {
  if (!isCountable(dims)) return call.fail('bad-value', `would make [${dims}], which are no dimensions of a tensor`);
  const count = elementCount(dims);
  call.spend(operationsPerElement * count);
  if (count <= maxElements) return count;
  return call.fail('bad-value', `would make [${dims}], ${count} elements; the host holds ${maxElements} at most`);
}

/** Zeros for that many elements. @throws ModelRunError as `checkedCount`. */
export function room(call: Attributes, dims: readonly number[]): Float64Array {
  return new Float64Array(checkedCount(call, dims));
}
