@group(0) @binding(1) var<storage, read> W: array<f32>;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

// This invocation's share of row `row`: every THREADS-th product, so that neighbours read neighbouring weights.
fn partialDot(row: u32, local: u32) -> f32 {
  var sum = 0.0;
  if (row < shape.n) {
    for (var k = local; k < shape.k; k += THREADS) {
      sum = fma(W[row * shape.k + k], x[k], sum);
    }
  }
  return sum;
}
