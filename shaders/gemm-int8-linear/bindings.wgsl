@group(0) @binding(1) var<storage, read> codesA: array<vec4u>;
@group(0) @binding(2) var<storage, read> zero: array<i32>;
@group(0) @binding(3) var<storage, read> codesB: array<vec4u>;
@group(0) @binding(4) var<storage, read> weightSums: array<i32>;
@group(0) @binding(5) var<storage, read> scale: array<f32>;
@group(0) @binding(6) var<storage, read> bias: array<f32>;
@group(0) @binding(7) var<storage, read_write> C: array<f32>;

fn finish(row: u32, col: u32, sum: i32) -> f32 {
  var offset = 0.0;
  if (shape.bias == 2u) { offset = bias[col]; }
  return activate(f32(corrected(col, sum)) * scaleOf(col) + offset);
}
