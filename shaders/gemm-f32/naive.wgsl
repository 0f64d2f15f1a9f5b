@group(0) @binding(1) var<storage, read> A: array<Element>;
@group(0) @binding(2) var<storage, read> B: array<Element>;
@group(0) @binding(3) var<storage, read_write> C: array<f32>;

// One invocation per element of C; neighbours along x read neighbouring columns of B. A product of two f16 is exact in f32.
@compute @workgroup_size(GROUP_X, GROUP_Y)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = id.y;
  let col = id.x;
  if (row >= shape.m || col >= shape.n) { return; }
  var sum = 0.0;
  for (var p = 0u; p < shape.k; p++) {
    sum += f32(A[row * shape.k + p]) * f32(B[p * shape.n + col]);
  }
  C[row * shape.n + col] = sum;
}
