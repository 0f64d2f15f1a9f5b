@group(0) @binding(1) var<storage, read> A: array<u32>;

// Prepared operands, k-major: four rows of A and four columns of B in each element.
var<workgroup> tileA: array<vec4u, TILE_K * GROUP_Y>;
var<workgroup> tileB: array<vec4u, TILE_K * GROUP_X>;

fn fillTiles(local: u32, row: u32, col: u32, k0: u32) {
  let threads = u32(GROUP_X * GROUP_Y);
  let lastK = shape.k - 1u;
  // Neighbours read neighbouring columns of A; beyond the edge the last element is read again and never used.
  for (var i = local; i < u32(TILE_K * GROUP_Y); i += threads) {
    let p = min(k0 + i % u32(TILE_K), lastK);
    let at = min(vec4u(row + 4u * (i / u32(TILE_K))) + vec4u(0u, 1u, 2u, 3u), vec4u(shape.m - 1u)) * shape.k + p;
    tileA[(i % u32(TILE_K)) * u32(GROUP_Y) + i / u32(TILE_K)] = lmulLeft(vec4u(A[at.x], A[at.y], A[at.z], A[at.w]));
  }
  for (var i = local; i < u32(TILE_K * GROUP_X); i += threads) {
    let p = min(k0 + i / u32(GROUP_X), lastK);
    tileB[i] = lmulRight(loadColumns(p, min(col + 4u * (i % u32(GROUP_X)), (shape.n - 1u) / 4u * 4u)));
  }
}

// A workgroup holds a tile of C; operands are prepared once per tile on their way into shared memory.
@compute @workgroup_size(GROUP_X, GROUP_Y)
fn main(
  @builtin(local_invocation_index) local: u32,
  @builtin(local_invocation_id) lid: vec3u,
  @builtin(workgroup_id) group: vec3u,
) {
  let row = group.y * u32(4 * GROUP_Y);
  let col = group.x * u32(4 * GROUP_X);
  var c0 = vec4f();
  var c1 = vec4f();
  var c2 = vec4f();
  var c3 = vec4f();
  for (var k0 = 0u; k0 < shape.k; k0 += u32(TILE_K)) {
    fillTiles(local, row, col, k0);
    workgroupBarrier();
    for (var p = 0u; p < u32(TILE_K); p++) {
      // In the fast mode a padded zero would count as 2^-60, so the last tile is summed only as deep as it is.
      if (k0 + p >= shape.k) { break; }
      let a = tileA[p * u32(GROUP_Y) + lid.y];
      let b = tileB[p * u32(GROUP_X) + lid.x];
      c0 += bitcast<vec4f>(lmulProducts(a.x, b));
      c1 += bitcast<vec4f>(lmulProducts(a.y, b));
      c2 += bitcast<vec4f>(lmulProducts(a.z, b));
      c3 += bitcast<vec4f>(lmulProducts(a.w, b));
    }
    workgroupBarrier();
  }
  storeColumns(row + 4u * lid.y, col + 4u * lid.x, c0);
  storeColumns(row + 4u * lid.y + 1u, col + 4u * lid.x, c1);
  storeColumns(row + 4u * lid.y + 2u, col + 4u * lid.x, c2);
  storeColumns(row + 4u * lid.y + 3u, col + 4u * lid.x, c3);
}
