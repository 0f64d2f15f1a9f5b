// C from the exact sum of products: one scale per row of A, one per column of B.
fn finish(row: u32, col: u32, sum: i32) -> f32 {
  return f32(sum) * (scalesA[row] * scalesB[col]);
}
