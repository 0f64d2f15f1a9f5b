@group(0) @binding(1) var<storage, read> codes: array<u32>;
@group(0) @binding(2) var<storage, read> scales: array<f32>;
@group(0) @binding(3) var<storage, read_write> A: array<f32>;

// One invocation per element; rows lie along y.
@compute @workgroup_size(GROUP_X, GROUP_Y)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = id.y;
  let col = id.x;
  if (row >= shape.m || col >= shape.k) { return; }
  let word = codes[row * 4 * quadsPerRow() + col / 4];
  let code = bitcast<i32>(word << (24 - 8 * (col % 4))) >> 24;
  A[row * shape.k + col] = f32(code) * scales[row];
}
