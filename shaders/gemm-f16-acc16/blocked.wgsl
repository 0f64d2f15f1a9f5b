const TILE_M = 4 * GROUP_Y;
const TILE_N = 4 * GROUP_X;
const THREADS = GROUP_X * GROUP_Y;
const VECTORS_A = TILE_M * PROMOTE_EVERY / 4;
const VECTORS_B = TILE_N * PROMOTE_EVERY / 4;

// Tiles are as deep as a chain is long, so that a chain ends with its tile. Vectors of A hold four values along k.
var<workgroup> tileA: array<vec4h, VECTORS_A>;
var<workgroup> tileB: array<vec4h, VECTORS_B>;

fn stage(lane: u32, firstRow: u32, firstCol: u32, firstK: u32) {
  for (var at = lane; at < VECTORS_A; at += THREADS) {
    let row = at / (PROMOTE_EVERY / 4);
    let step = at % (PROMOTE_EVERY / 4);
    var value = vec4h();
    if (firstK + 4u * step < shape.k) { value = loadA(firstRow + row, firstK + 4u * step); }
    tileA[step * TILE_M + row] = value;
  }
  for (var at = lane; at < VECTORS_B; at += THREADS) {
    let k = firstK + at / GROUP_X;
    var value = vec4h();
    if (k < shape.k) { value = loadB(k, firstCol + at % GROUP_X * 4u); }
    tileB[at] = value;
  }
}

@compute @workgroup_size(GROUP_X, GROUP_Y)
fn main(
  @builtin(local_invocation_index) lane: u32,
  @builtin(local_invocation_id) local: vec3u,
  @builtin(workgroup_id) group: vec3u,
) {
  let firstRow = group.y * TILE_M;
  let firstCol = group.x * TILE_N;
  var sums = Sums();
  for (var firstK = 0u; firstK < shape.k; firstK += PROMOTE_EVERY) {
    stage(lane, firstRow, firstCol, firstK);
    workgroupBarrier();
    var chains = Chains();
    for (var step = 0u; step < PROMOTE_EVERY / 4; step++) {
      let atB = step * 4u * GROUP_X + local.x;
      let atA = step * TILE_M + local.y;
      let b = mat4x4h(tileB[atB], tileB[atB + GROUP_X], tileB[atB + 2u * GROUP_X], tileB[atB + 3u * GROUP_X]);
      chains.row0 = extended(chains.row0, tileA[atA], b);
      chains.row1 = extended(chains.row1, tileA[atA + GROUP_Y], b);
      chains.row2 = extended(chains.row2, tileA[atA + 2u * GROUP_Y], b);
      chains.row3 = extended(chains.row3, tileA[atA + 3u * GROUP_Y], b);
    }
    promote(&sums, chains);
    workgroupBarrier();
  }
  storeSums(sums, firstRow + local.y, GROUP_Y, firstCol + local.x * 4u);
}
