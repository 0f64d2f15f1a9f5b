@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> r: array<f32>;
@group(0) @binding(3) var<storage, read> bias: array<f32>;

// Both products and both biases of gate k.
fn gateSum(at: Unit, k: u32) -> f32 {
  let own = k * shape.hidden;
  return (x[at.x + own] + r[at.r + own]) + (bias[at.bias + own] + bias[at.bias + GATES * shape.hidden + own]);
}
