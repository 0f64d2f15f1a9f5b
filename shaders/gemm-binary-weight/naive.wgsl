// A is f32, seen as bit patterns, so that a sign can be flipped.
@group(0) @binding(1) var<storage, read> A: array<u32>;
@group(0) @binding(2) var<storage, read> B: array<u32>;
@group(0) @binding(3) var<storage, read_write> C: array<f32>;
@group(0) @binding(4) var<storage, read> columnScale: array<f32>;

// One invocation per element of C: a bit of B decides whether an element of A is added or subtracted.
@compute @workgroup_size(GROUP_X, GROUP_Y)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = id.y;
  let col = id.x;
  if (row >= shape.m || col >= shape.n) { return; }
  var sum = 0.0;
  for (var p = 0u; p < shape.k; p++) {
    let flip = (~B[(p / 32u) * shape.n + col] >> (p % 32u)) << 31u;
    sum += bitcast<f32>(A[row * shape.k + p] ^ flip);
  }
  C[row * shape.n + col] = sum * columnScale[col];
}
