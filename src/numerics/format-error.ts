/** The one error of number formats: data or a layout that a format cannot hold. Its message says what to change. */
export class FormatError extends Error {
  override readonly name = 'FormatError';
}

/** @throws FormatError naming the first value that is NaN or infinite. */
export function requireFinite(values: ArrayLike<number>, what: string): void {
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) {
      throw new FormatError(`${what} ${i} is ${values[i]}; quantization needs finite values. Replace it first.`);
    }
  }
}
