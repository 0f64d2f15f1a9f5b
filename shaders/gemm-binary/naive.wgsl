@group(0) @binding(1) var<storage, read> A: array<u32>;
@group(0) @binding(2) var<storage, read> B: array<u32>;
@group(0) @binding(3) var<storage, read_write> C: array<f32>;
@group(0) @binding(4) var<storage, read> rowScale: array<f32>;
@group(0) @binding(5) var<storage, read> columnScale: array<f32>;

// One invocation per element of C: 32 products are one exclusive or and one population count.
@compute @workgroup_size(GROUP_X, GROUP_Y)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = id.y;
  let col = id.x;
  if (row >= shape.m || col >= shape.n) { return; }
  let words = wordCount();
  var differing = 0u;
  for (var w = 0u; w < words; w++) {
    differing += countOneBits((A[row * words + w] ^ B[w * shape.n + col]) & wordMask(w));
  }
  let dot = i32(shape.k) - 2 * i32(differing);
  C[row * shape.n + col] = f32(dot) * rowScale[row] * columnScale[col];
}
