/** The error for sparse structures that must not reach a device, and the check that throws it. */

/** The structure or the weights are malformed; the message names the first place and what to do. */
export class SparseFormatError extends Error {
  override readonly name = 'SparseFormatError';
}

/** @throws SparseFormatError with the message, which is built only then. */
export function demand(holds: boolean, message: () => string): asserts holds {
  if (!holds) throw new SparseFormatError(message());
}

/** @throws SparseFormatError where an array is not as long as its format says. */
export function demandLength(name: string, actual: number, expected: number, why: string): void {
  demand(actual === expected, () => `${name} has ${actual} entries but must have ${expected} (${why}).`);
}
