/** The checker: holds computed elements against exact values and their bounds. */

/** Structurally the kernel layer's `Reference`. */
export interface Expected {
  readonly output: string;
  readonly columns: number;
  readonly rows: Uint32Array;
  readonly values: Float64Array;
  readonly bounds: Float64Array;
}

export interface Comparison {
  readonly right: boolean;
  /** Elements compared. */
  readonly elements: number;
  /** Largest |error| / bound; infinite where an exact element is off or a result is no number. */
  readonly worst: number;
  /** How many elements missed their bound. */
  readonly misses: number;
  /** The first miss in a sentence. */
  readonly first?: string;
}

/**
 * Compares the checked rows of an output.
 * @param actual the whole output, decoded to numbers.
 */
export function compare(actual: ArrayLike<number>, expected: Expected): Comparison {
  const { columns, rows, values, bounds } = expected;
  let worst = 0;
  let misses = 0;
  let first: string | undefined;
  for (let i = 0; i < values.length; i++) {
    const row = rows[Math.floor(i / columns)]!;
    const at = row * columns + (i % columns);
    const ratio = missBy(actual[at], values[i]!, bounds[i]!);
    if (ratio > worst) worst = ratio;
    if (ratio <= 1) continue;
    misses++;
    first ??= describe(expected, at, actual[at], values[i]!, bounds[i]!);
  }
  return { right: misses === 0, elements: values.length, worst, misses, ...(first ? { first } : {}) };
}

/** |error| / bound; NaN counts as infinitely wrong unless NaN was expected. */
function missBy(actual: number | undefined, value: number, bound: number): number {
  if (actual === undefined) return Number.POSITIVE_INFINITY;
  if (Object.is(actual, value) || actual === value || (Number.isNaN(actual) && Number.isNaN(value))) return 0;
  const error = Math.abs(actual - value);
  return error <= bound
    ? error / bound
    : bound > 0 && Number.isFinite(error)
      ? error / bound
      : Number.POSITIVE_INFINITY;
}

/** Nine digits tell every f32 from its neighbours; whole numbers have all of theirs. */
function shown(value: number): string {
  return String(Number.isFinite(value) && !Number.isInteger(value) ? Number(value.toPrecision(9)) : value);
}

function describe(expected: Expected, at: number, actual: number | undefined, value: number, bound: number): string {
  const row = Math.floor(at / expected.columns);
  const column = at % expected.columns;
  return `${expected.output}[${row}][${column}] is ${actual === undefined ? 'missing' : shown(actual)}, expected ${shown(value)} ± ${bound.toExponential(2)}`;
}
