@group(0) @binding(1) var<storage, read> X: array<u32>;
@group(0) @binding(2) var<storage, read> W: array<u32>;
@group(0) @binding(3) var<storage, read> zero: array<i32>;
@group(0) @binding(4) var<storage, read> weightSums: array<i32>;
@group(0) @binding(5) var<storage, read> scale: array<f32>;
@group(0) @binding(6) var<storage, read> bias: array<i32>;
@group(0) @binding(7) var<storage, read> range: array<i32>;
@group(0) @binding(8) var<storage, read_write> Y: array<i32>;

fn finish(filter_: u32, sums: vec4i) -> vec4i {
  var totals = sums;
  if (shape.bias == 2u) { totals += vec4i(bias[filter_]); }
  if (shape.output == 1u) { return totals; }
  let factor = scale[select(filter_, 0u, shape.scales == 1u)];
  return vec4i(requantize(totals.x, factor), requantize(totals.y, factor), requantize(totals.z, factor), requantize(totals.w, factor));
}
