/** Transposing row-major matrices on the CPU. */

/** The n × k transpose of a row-major k × n matrix. */
export function transpose(values: ArrayLike<number>, rows: number, columns: number): Float32Array<ArrayBuffer> {
  const turned = new Float32Array(rows * columns);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) turned[c * rows + r] = values[r * columns + c]!;
  }
  return turned;
}
