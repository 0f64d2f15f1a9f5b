@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> scale: array<f32>;
@group(0) @binding(3) var<storage, read> zero: array<i32>;
@group(0) @binding(4) var<storage, read_write> y: array<u32>;

// The quotient is cut before it becomes an integer, far enough for any zero point.
fn codeAt(at: u32) -> i32 {
  let code = i32(clamp(round(x[at] / scale[0]), -1e6, 1e6)) + zero[0];
  let moved = i32(shape.moved);
  return clamp(code, moved - 128, moved + 127);
}
