// This invocation's share of row `row`: every THREADS-th vector, so that neighbours read neighbouring weights.
fn partialDot(row: u32, local: u32) -> f32 {
  var sum = 0.0;
  if (row < shape.n) {
    for (var k = local * 4u; k < shape.k; k += THREADS * 4) {
      sum += dot(readW(row, k), readX(k));
    }
  }
  return sum;
}
