@group(0) @binding(1) var<storage, read> x: array<i32>;
@group(0) @binding(2) var<storage, read> scale: array<f32>;
@group(0) @binding(3) var<storage, read> zero: array<i32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;

fn element(i: u32) {
  if (i >= shape.outer * shape.axis * shape.inner) { return; }
  let s = scaleOf(i);
  y[i] = f32(x[i] - zero[s]) * scale[s];
}
