// A and B are f32, seen as bit patterns.
@group(0) @binding(1) var<storage, read> A: array<u32>;
@group(0) @binding(2) var<storage, read> B: array<u32>;
@group(0) @binding(3) var<storage, read_write> C: array<f32>;

// One invocation per element of C; both operands are prepared anew for every product.
@compute @workgroup_size(GROUP_X, GROUP_Y)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = id.y;
  let col = id.x;
  if (row >= shape.m || col >= shape.n) { return; }
  var sum = 0.0;
  for (var p = 0u; p < shape.k; p++) {
    let left = lmulLeft(vec4u(A[row * shape.k + p])).x;
    let right = lmulRight(vec4u(B[p * shape.n + col])).x;
    sum += bitcast<f32>(lmulProduct(left, right));
  }
  C[row * shape.n + col] = sum;
}
