@group(0) @binding(1) var<storage, read> A: array<u32>;

// 4 × 4 elements of C per invocation; a word of B serves 32 steps of k.
@compute @workgroup_size(GROUP_X, GROUP_Y)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = 4u * id.y;
  let col = 4u * id.x;
  if (row >= shape.m || col >= shape.n) { return; }
  let words = wordCount();
  let at = min(vec4u(row) + vec4u(0u, 1u, 2u, 3u), vec4u(shape.m - 1u)) * shape.k;
  var c0 = vec4f();
  var c1 = vec4f();
  var c2 = vec4f();
  var c3 = vec4f();
  for (var w = 0u; w < words; w++) {
    let negative = ~loadColumns(w, col);
    for (var bit = 0u; bit < 32u; bit++) {
      let p = 32u * w + bit;
      if (p >= shape.k) { break; }
      let flip = (negative >> vec4u(bit)) << vec4u(31u);
      c0 += bitcast<vec4f>(vec4u(A[at.x + p]) ^ flip);
      c1 += bitcast<vec4f>(vec4u(A[at.y + p]) ^ flip);
      c2 += bitcast<vec4f>(vec4u(A[at.z + p]) ^ flip);
      c3 += bitcast<vec4f>(vec4u(A[at.w + p]) ^ flip);
    }
  }
  storeScaled(row, col, c0);
  storeScaled(row + 1u, col, c1);
  storeScaled(row + 2u, col, c2);
  storeScaled(row + 3u, col, c3);
}
