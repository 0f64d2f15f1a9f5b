@group(0) @binding(3) var<storage, read> bias: array<f32>;
@group(0) @binding(4) var<storage, read_write> C: array<f32>;

fn biasAt(row: u32, col: u32) -> f32 {
  switch shape.bias {
    case 2u: { return bias[0]; }
    case 3u: { return bias[col]; }
    case 4u: { return bias[row]; }
    case 5u: { return bias[row * shape.n + col]; }
    default: { return 0.0; }
  }
}

// Stores what becomes of a finished sum.
fn finish(batch: u32, row: u32, col: u32, sum: f32) {
  if (row >= shape.m || col >= shape.n) { return; }
  var value = bitcast<f32>(shape.alphaBits) * sum;
  if (shape.bias != 1u) { value += bitcast<f32>(shape.betaBits) * biasAt(row, col); }
  C[(batch * shape.m + row) * shape.n + col] = activate(value);
}
