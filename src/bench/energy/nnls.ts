/** Least squares with no negative coefficient, by the active-set method of Lawson and Hanson. */

/**
 * argmin |A·x − b| with x ≥ 0. Columns are scaled to unit length first, as joules per byte and watts differ by 10¹².
 * Source: C. L. Lawson, R. J. Hanson, "Solving Least Squares Problems", SIAM 1995, chapter 23.
 * @param rows of A, all of the same length.
 */
export function nonNegativeLeastSquares(rows: readonly (readonly number[])[], b: readonly number[]): readonly number[] {
  const columns = rows[0]?.length ?? 0;
  const lengths = Array.from({ length: columns }, (_, j) => Math.hypot(...rows.map((row) => row[j]!)) || 1);
  const a = rows.map((row) => row.map((value, j) => value / lengths[j]!));
  const x = new Array<number>(columns).fill(0);
  const passive = new Set<number>();
  const scale = Math.hypot(...b) || 1;
  for (let round = 0; round < 3 * columns + 10; round++) {
    const gradient = gradientOf(a, b, x);
    const candidates = gradient.map((value, j) => (passive.has(j) ? Number.NEGATIVE_INFINITY : value));
    const entering = candidates.indexOf(Math.max(...candidates));
    if (entering < 0 || !(candidates[entering]! > 1e-10 * scale)) break;
    passive.add(entering);
    settle(a, b, x, passive);
  }
  return x.map((value, j) => value / lengths[j]!);
}

/** Solves on the passive set; while a coefficient would turn negative, goes only as far as the first reaches zero. */
function settle(a: readonly (readonly number[])[], b: readonly number[], x: number[], passive: Set<number>): void {
  while (passive.size > 0) {
    const chosen = [...passive];
    const solution = leastSquares(
      a.map((row) => chosen.map((j) => row[j]!)),
      b,
    );
    const negative = chosen.filter((_, i) => solution[i]! <= 0);
    if (negative.length === 0) {
      for (const [i, j] of chosen.entries()) x[j] = solution[i]!;
      return;
    }
    const shares = negative.map((j) => x[j]! / (x[j]! - solution[chosen.indexOf(j)]!));
    const share = Math.min(...shares);
    for (const [i, j] of chosen.entries()) x[j] = x[j]! + share * (solution[i]! - x[j]!);
    for (const [i, j] of negative.entries()) {
      if (shares[i]! > share + 1e-15) continue;
      x[j] = 0;
      passive.delete(j);
    }
  }
}

/** Aᵀ(b − A·x). */
function gradientOf(a: readonly (readonly number[])[], b: readonly number[], x: readonly number[]): readonly number[] {
  const residual = a.map((row, i) => b[i]! - row.reduce((sum, value, j) => sum + value * x[j]!, 0));
  return x.map((_, j) => a.reduce((sum, row, i) => sum + row[j]! * residual[i]!, 0));
}

/** By modified Gram–Schmidt; a column that depends on those before it gets 0. */
function leastSquares(a: readonly (readonly number[])[], b: readonly number[]): readonly number[] {
  const columns = a[0]!.length;
  const basis: number[][] = [];
  const r = Array.from({ length: columns }, () => new Array<number>(columns).fill(0));
  const right: number[] = [];
  for (let j = 0; j < columns; j++) {
    const vector = a.map((row) => row[j]!);
    const before = Math.hypot(...vector);
    for (const [i, q] of basis.entries()) {
      const part = q.reduce((sum, value, k) => sum + value * vector[k]!, 0);
      r[i]![j] = part;
      for (const [k, value] of q.entries()) vector[k]! -= part * value;
    }
    const length = Math.hypot(...vector);
    const dependent = length <= 1e-12 * before;
    r[j]![j] = dependent ? 0 : length;
    basis.push(vector.map((value) => (dependent ? 0 : value / length)));
    right.push(basis[j]!.reduce((sum, value, k) => sum + value * b[k]!, 0));
  }
  const x = new Array<number>(columns).fill(0);
  for (let j = columns - 1; j >= 0; j--) {
    const known = x.reduce((sum, value, k) => (k > j ? sum + r[j]![k]! * value : sum), 0);
    x[j] = r[j]![j] === 0 ? 0 : (right[j]! - known) / r[j]![j]!;
  }
  return x;
}
