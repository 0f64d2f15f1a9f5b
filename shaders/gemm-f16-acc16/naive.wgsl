@group(0) @binding(1) var<storage, read> A: array<f16>;
@group(0) @binding(2) var<storage, read> B: array<f16>;
@group(0) @binding(3) var<storage, read_write> C: array<f32>;

// One invocation per element of C: chains of PROMOTE_EVERY products in f16, added in f32.
@compute @workgroup_size(GROUP_X, GROUP_Y)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = id.y;
  let col = id.x;
  if (row >= shape.m || col >= shape.n) { return; }
  var sum = 0.0;
  for (var start = 0u; start < shape.k; start += PROMOTE_EVERY) {
    var chain = 0h;
    for (var p = start; p < min(start + PROMOTE_EVERY, shape.k); p++) {
      chain += A[row * shape.k + p] * B[p * shape.n + col];
    }
    sum += f32(chain);
  }
  C[row * shape.n + col] = sum;
}
