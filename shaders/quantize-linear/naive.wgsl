@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> scale: array<f32>;
@group(0) @binding(3) var<storage, read> zero: array<i32>;
@group(0) @binding(4) var<storage, read_write> y: array<i32>;

// The quotient is cut before it becomes an integer, far enough for any zero point.
fn element(i: u32) {
  if (i >= shape.outer * shape.axis * shape.inner) { return; }
  let s = scaleOf(i);
  let code = i32(clamp(round(x[i] / scale[s]), -1e6, 1e6)) + zero[s];
  y[i] = clamp(code, bitcast<i32>(shape.low), bitcast<i32>(shape.high));
}
