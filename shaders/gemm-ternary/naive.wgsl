// A is f32, seen as bit patterns. B holds the low and the high bits of two's-complement codes: 01 is 1, 11 is −1, 00 is 0.
@group(0) @binding(1) var<storage, read> A: array<u32>;
@group(0) @binding(2) var<storage, read> B: array<u32>;
@group(0) @binding(3) var<storage, read_write> C: array<f32>;
@group(0) @binding(4) var<storage, read> columnScale: array<f32>;

// One invocation per element of C: the low bit says whether an element of A counts, the high bit whether negatively.
@compute @workgroup_size(GROUP_X, GROUP_Y)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = id.y;
  let col = id.x;
  if (row >= shape.m || col >= shape.n) { return; }
  let words = wordCount();
  var sum = 0.0;
  for (var p = 0u; p < shape.k; p++) {
    let low = B[(p / 32u) * shape.n + col] >> (p % 32u);
    let high = B[(words + p / 32u) * shape.n + col] >> (p % 32u);
    let mask = 0u - (low & 1u);
    sum += bitcast<f32>((A[row * shape.k + p] ^ (high << 31u)) & mask);
  }
  C[row * shape.n + col] = sum * columnScale[col];
}
