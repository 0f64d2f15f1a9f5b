@group(0) @binding(1) var<storage, read> A: array<u32>;
// Panels of four rows of A: element (panel, p) holds rows 4·panel … 4·panel + 3 of column p.
@group(0) @binding(4) var<storage, read_write> panelsA: array<vec4u>;
// Panels of four columns of B: element (p, panel) holds columns 4·panel … 4·panel + 3 of row p.
@group(0) @binding(5) var<storage, read_write> panelsB: array<vec4u>;

@compute @workgroup_size(PACK_GROUP)
fn packA(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= shape.k) { return; }
  let at = min(vec4u(4u * id.y) + vec4u(0u, 1u, 2u, 3u), vec4u(shape.m - 1u)) * shape.k + id.x;
  panelsA[id.y * shape.k + id.x] = lmulLeft(vec4u(A[at.x], A[at.y], A[at.z], A[at.w]));
}

@compute @workgroup_size(PACK_GROUP)
fn packB(@builtin(global_invocation_id) id: vec3u) {
  let panels = (shape.n + 3u) / 4u;
  if (id.x >= panels) { return; }
  panelsB[id.y * panels + id.x] = lmulRight(loadColumns(id.y, 4u * id.x));
}

// 4 × 4 elements of C per invocation from prepared panels: nothing but L-Mul and sums in the loop.
@compute @workgroup_size(GROUP_X, GROUP_Y)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let panels = (shape.n + 3u) / 4u;
  if (4u * id.y >= shape.m || id.x >= panels) { return; }
  var c0 = vec4f();
  var c1 = vec4f();
  var c2 = vec4f();
  var c3 = vec4f();
  let atA = id.y * shape.k;
  for (var p = 0u; p < shape.k; p++) {
    let a = panelsA[atA + p];
    let b = panelsB[p * panels + id.x];
    c0 += bitcast<vec4f>(lmulProducts(a.x, b));
    c1 += bitcast<vec4f>(lmulProducts(a.y, b));
    c2 += bitcast<vec4f>(lmulProducts(a.z, b));
    c3 += bitcast<vec4f>(lmulProducts(a.w, b));
  }
  storeColumns(4u * id.y, 4u * id.x, c0);
  storeColumns(4u * id.y + 1u, 4u * id.x, c1);
  storeColumns(4u * id.y + 2u, 4u * id.x, c2);
  storeColumns(4u * id.y + 3u, 4u * id.x, c3);
}
