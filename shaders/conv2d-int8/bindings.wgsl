@group(0) @binding(1) var<storage, read> X: array<u32>;
@group(0) @binding(2) var<storage, read> W: array<u32>;
@group(0) @binding(3) var<storage, read> zero: array<i32>;
@group(0) @binding(4) var<storage, read> weightSums: array<i32>;
@group(0) @binding(5) var<storage, read> scale: array<f32>;
@group(0) @binding(6) var<storage, read> bias: array<f32>;
@group(0) @binding(7) var<storage, read_write> Y: array<f32>;

fn finish(filter_: u32, sums: vec4i) -> vec4f {
  var offset = 0.0;
  if (shape.bias == 2u) { offset = bias[filter_]; }
  return activate4(vec4f(sums) * scale[select(filter_, 0u, shape.scales == 1u)] + offset);
}
