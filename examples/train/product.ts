/** Matrix products in f32 arrays, fast enough to train small models without a library. */

interface Sizes {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** A is given as k × m. */
  readonly transposedA?: boolean;
}

/** C += A·B, row-major: A is m × k (or its transpose), B k × n, C m × n. Four rows of B at a time, so that C is touched less. */
export function addProduct(c: Float32Array, a: Float32Array, b: Float32Array, sizes: Sizes): void {
  const { m, n, k, transposedA = false } = sizes;
  const [alongM, alongK] = transposedA ? [1, m] : [k, 1];
  for (let i = 0; i < m; i++) {
    const to = i * n;
    let p = 0;
    for (; p + 4 <= k; p += 4) {
      const at = i * alongM + p * alongK;
      const [a0, a1, a2, a3] = [a[at]!, a[at + alongK]!, a[at + 2 * alongK]!, a[at + 3 * alongK]!];
      const b0 = p * n;
      const b1 = b0 + n;
      const b2 = b1 + n;
      const b3 = b2 + n;
      for (let j = 0; j < n; j++) {
        c[to + j]! += a0 * b[b0 + j]! + a1 * b[b1 + j]! + a2 * b[b2 + j]! + a3 * b[b3 + j]!;
      }
    }
    for (; p < k; p++) {
      const factor = a[i * alongM + p * alongK]!;
      for (let j = 0; j < n; j++) c[to + j]! += factor * b[p * n + j]!;
    }
  }
}

export function transposed(a: Float32Array, rows: number, columns: number): Float32Array<ArrayBuffer> {
  const turned = new Float32Array(a.length);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) turned[c * rows + r] = a[r * columns + c]!;
  }
  return turned;
}
