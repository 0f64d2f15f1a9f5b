// 4·GROUP_Y × 4·GROUP_X elements of C per workgroup; both operands pass through workgroup memory, quad by quad.
// An invocation's rows and columns lie GROUP_Y and GROUP_X apart, so that neighbours read neighbouring quads.
const TILE_M = 4 * GROUP_Y;
const TILE_N = 4 * GROUP_X;
const TILE_QUADS = TILE_K / 16;
const THREADS = GROUP_X * GROUP_Y;

var<workgroup> tileA: array<vec4u, TILE_QUADS * TILE_M>;
var<workgroup> tileB: array<vec4u, TILE_QUADS * TILE_N>;

@compute @workgroup_size(GROUP_X, GROUP_Y)
fn main(
  @builtin(local_invocation_index) lane: u32,
  @builtin(local_invocation_id) local: vec3u,
  @builtin(workgroup_id) group: vec3u,
) {
  let top = group.y * TILE_M;
  let left = group.x * TILE_N;
  let quads = quadsPerRow();
  let tiles = (quads + TILE_QUADS - 1) / TILE_QUADS;
  var sum0 = vec4i();
  var sum1 = vec4i();
  var sum2 = vec4i();
  var sum3 = vec4i();
  for (var tile = 0u; tile < tiles; tile++) {
    for (var i = 0u; i < TILE_QUADS * TILE_M / THREADS; i++) {
      let slot = lane + i * THREADS;
      let quad = tile * TILE_QUADS + slot % TILE_QUADS;
      let row = min(top + slot / TILE_QUADS, shape.m - 1);
      tileA[slot % TILE_QUADS * TILE_M + slot / TILE_QUADS] = select(vec4u(), codesA[row * quads + quad], quad < quads);
    }
    for (var i = 0u; i < TILE_QUADS * TILE_N / THREADS; i++) {
      let slot = lane + i * THREADS;
      let quad = tile * TILE_QUADS + slot % TILE_QUADS;
      let col = min(left + slot / TILE_QUADS, shape.n - 1);
      tileB[slot % TILE_QUADS * TILE_N + slot / TILE_QUADS] = select(vec4u(), codesB[col * quads + quad], quad < quads);
    }
    workgroupBarrier();
    for (var quad = 0u; quad < TILE_QUADS; quad++) {
      let b0 = tileB[quad * TILE_N + local.x];
      let b1 = tileB[quad * TILE_N + local.x + GROUP_X];
      let b2 = tileB[quad * TILE_N + local.x + 2 * GROUP_X];
      let b3 = tileB[quad * TILE_N + local.x + 3 * GROUP_X];
      sum0 += dot16x4(tileA[quad * TILE_M + local.y], b0, b1, b2, b3);
      sum1 += dot16x4(tileA[quad * TILE_M + local.y + GROUP_Y], b0, b1, b2, b3);
      sum2 += dot16x4(tileA[quad * TILE_M + local.y + 2 * GROUP_Y], b0, b1, b2, b3);
      sum3 += dot16x4(tileA[quad * TILE_M + local.y + 3 * GROUP_Y], b0, b1, b2, b3);
    }
    workgroupBarrier();
  }
  let row = top + local.y;
  let col = left + local.x;
  storeRow(row, col, GROUP_X, sum0);
  storeRow(row + GROUP_Y, col, GROUP_X, sum1);
  storeRow(row + 2 * GROUP_Y, col, GROUP_X, sum2);
  storeRow(row + 3 * GROUP_Y, col, GROUP_X, sum3);
}
