@group(0) @binding(1) var<storage, read> A: array<u32>;

// 4 × 4 elements of C per invocation, operands straight from storage, prepared in registers: 8 for 16 products.
@compute @workgroup_size(GROUP_X, GROUP_Y)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = 4u * id.y;
  let col = 4u * id.x;
  if (row >= shape.m || col >= shape.n) { return; }
  let at = min(vec4u(row) + vec4u(0u, 1u, 2u, 3u), vec4u(shape.m - 1u)) * shape.k;
  var c0 = vec4f();
  var c1 = vec4f();
  var c2 = vec4f();
  var c3 = vec4f();
  for (var p = 0u; p < shape.k; p++) {
    let a = lmulLeft(vec4u(A[at.x + p], A[at.y + p], A[at.z + p], A[at.w + p]));
    let b = lmulRight(loadColumns(p, col));
    c0 += bitcast<vec4f>(lmulProducts(a.x, b));
    c1 += bitcast<vec4f>(lmulProducts(a.y, b));
    c2 += bitcast<vec4f>(lmulProducts(a.z, b));
    c3 += bitcast<vec4f>(lmulProducts(a.w, b));
  }
  storeColumns(row, col, c0);
  storeColumns(row + 1u, col, c1);
  storeColumns(row + 2u, col, c2);
  storeColumns(row + 3u, col, c3);
}
