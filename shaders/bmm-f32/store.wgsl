@group(0) @binding(3) var<storage, read> bias: array<f32>;
@group(0) @binding(4) var<storage, read_write> C: array<f32>;

// The bias of an element; only where there is one.
fn biasAt(row: u32, col: u32) -> f32 {
  let place = vec4u(0u, col, row, row * shape.n + col);
  return bias[place[min(shape.bias, 5u) - 2u]];
}

// Stores what becomes of a finished sum.
fn finish(batch: u32, row: u32, col: u32, sum: f32) {
  if (row >= shape.m || col >= shape.n) { return; }
  var value = bitcast<f32>(shape.alphaBits) * sum;
  if (shape.bias != 1u) { value += bitcast<f32>(shape.betaBits) * biasAt(row, col); }
  C[(batch * shape.m + row) * shape.n + col] = activate(value);
}
