/** One workgroup per row, for any number of rows: a dispatch holds at most 65,535 workgroups in one dimension. */

/** @returns x × y ≥ rows; the row is y·(number of workgroups along x) + x, and a workgroup past the last returns. */
export function onePerRow(rows: number): readonly [x: number, y: number] {
  const x = Math.min(rows, 65_535);
  return [x, Math.ceil(rows / x)];
}
