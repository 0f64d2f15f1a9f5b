/** Walks of dimensions for kernels that take at most six: joining neighbours that all operands step through alike. */
import { rank } from '../../../shaders/lib/strided/strided.js';

export interface Walks {
  readonly dims: readonly number[];
  /** For each operand the elements to a step along each dimension. */
  readonly steps: readonly (readonly number[])[];
}

/**
 * Dimensions of size 1 dropped, and neighbours joined where every operand's step along the outer one is that over the whole
 * inner one. @returns at least one dimension; undefined where more than six are left.
 */
export function coalesce(dims: readonly number[], ...steps: readonly (readonly number[])[]): Walks | undefined {
  const joined: number[] = [];
  const own = steps.map((): number[] => []);
  for (const [i, size] of dims.entries()) {
    if (size === 1) continue;
    const last = joined.length - 1;
    const fits = last >= 0 && steps.every((each, s) => own[s]![last] === each[i]! * size);
    if (fits) joined[last]! *= size;
    else joined.push(size);
    const at = joined.length - 1;
    for (const [s, each] of steps.entries()) own[s]![at] = each[i]!;
  }
  if (joined.length > rank) return undefined;
  if (joined.length === 0) return { dims: [1], steps: steps.map(() => [0]) };
  return { dims: joined, steps: own };
}
