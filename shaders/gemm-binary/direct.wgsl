@group(0) @binding(1) var<storage, read> A: array<u32>;

// 4 × 4 elements of C per invocation, words straight from storage.
@compute @workgroup_size(GROUP_X, GROUP_Y)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = 4u * id.y;
  let col = 4u * id.x;
  if (row >= shape.m || col >= shape.n) { return; }
  let words = wordCount();
  let at = min(vec4u(row) + vec4u(0u, 1u, 2u, 3u), vec4u(shape.m - 1u)) * words;
  var c0 = vec4u();
  var c1 = vec4u();
  var c2 = vec4u();
  var c3 = vec4u();
  for (var w = 0u; w < words; w++) {
    let b = loadColumns(w, col);
    let mask = vec4u(wordMask(w));
    c0 += countOneBits((vec4u(A[at.x + w]) ^ b) & mask);
    c1 += countOneBits((vec4u(A[at.y + w]) ^ b) & mask);
    c2 += countOneBits((vec4u(A[at.z + w]) ^ b) & mask);
    c3 += countOneBits((vec4u(A[at.w + w]) ^ b) & mask);
  }
  storeScaled(row, col, c0);
  storeScaled(row + 1u, col, c1);
  storeScaled(row + 2u, col, c2);
  storeScaled(row + 3u, col, c3);
}
