// 4·GROUP_Y × 4·GROUP_X elements of C per workgroup; one block of both operands at a time in workgroup memory.
// An invocation's rows and columns lie GROUP_Y and GROUP_X apart, so that neighbours read neighbouring quads.
const TILE_M = 4 * GROUP_Y;
const TILE_N = 4 * GROUP_X;
const THREADS = GROUP_X * GROUP_Y;

var<workgroup> tileA: array<vec4u, BLOCK_QUADS * TILE_M>;
var<workgroup> tileB: array<vec4u, BLOCK_QUADS * TILE_N>;

@compute @workgroup_size(GROUP_X, GROUP_Y)
fn main(
  @builtin(local_invocation_index) lane: u32,
  @builtin(local_invocation_id) local: vec3u,
  @builtin(workgroup_id) group: vec3u,
) {
  let top = group.y * TILE_M;
  let left = group.x * TILE_N;
  let blocks = blocksPerRow();
  let rowsA = min(top + local.y + GROUP_Y * vec4u(0, 1, 2, 3), vec4u(shape.m - 1)) * blocks;
  let colsB = min(left + local.x + GROUP_X * vec4u(0, 1, 2, 3), vec4u(shape.n - 1)) * blocks;
  var total0 = vec4f();
  var total1 = vec4f();
  var total2 = vec4f();
  var total3 = vec4f();
  for (var part = 0u; part < blocks; part++) {
    for (var i = 0u; i < BLOCK_QUADS * TILE_M / THREADS; i++) {
      let slot = lane + i * THREADS;
      let row = min(top + slot / BLOCK_QUADS, shape.m - 1);
      let at = (row * blocks + part) * BLOCK_QUADS + slot % BLOCK_QUADS;
      tileA[slot % BLOCK_QUADS * TILE_M + slot / BLOCK_QUADS] = codesA[at];
    }
    for (var i = 0u; i < BLOCK_QUADS * TILE_N / THREADS; i++) {
      let slot = lane + i * THREADS;
      let col = min(left + slot / BLOCK_QUADS, shape.n - 1);
      let at = (col * blocks + part) * BLOCK_QUADS + slot % BLOCK_QUADS;
      tileB[slot % BLOCK_QUADS * TILE_N + slot / BLOCK_QUADS] = codesB[at];
    }
    workgroupBarrier();
    var sum0 = vec4i();
    var sum1 = vec4i();
    var sum2 = vec4i();
    var sum3 = vec4i();
    for (var quad = 0u; quad < BLOCK_QUADS; quad++) {
      let b0 = tileB[quad * TILE_N + local.x];
      let b1 = tileB[quad * TILE_N + local.x + GROUP_X];
      let b2 = tileB[quad * TILE_N + local.x + 2 * GROUP_X];
      let b3 = tileB[quad * TILE_N + local.x + 3 * GROUP_X];
      sum0 += dot16x4(tileA[quad * TILE_M + local.y], b0, b1, b2, b3);
      sum1 += dot16x4(tileA[quad * TILE_M + local.y + GROUP_Y], b0, b1, b2, b3);
      sum2 += dot16x4(tileA[quad * TILE_M + local.y + 2 * GROUP_Y], b0, b1, b2, b3);
      sum3 += dot16x4(tileA[quad * TILE_M + local.y + 3 * GROUP_Y], b0, b1, b2, b3);
    }
    let b = colsB + part;
    let scales = vec4f(scalesB[b.x], scalesB[b.y], scalesB[b.z], scalesB[b.w]);
    total0 += vec4f(sum0) * (scalesA[rowsA.x + part] * scales);
    total1 += vec4f(sum1) * (scalesA[rowsA.y + part] * scales);
    total2 += vec4f(sum2) * (scalesA[rowsA.z + part] * scales);
    total3 += vec4f(sum3) * (scalesA[rowsA.w + part] * scales);
    workgroupBarrier();
  }
  let row = top + local.y;
  let col = left + local.x;
  storeRow(row, col, GROUP_X, total0);
  storeRow(row + GROUP_Y, col, GROUP_X, total1);
  storeRow(row + 2 * GROUP_Y, col, GROUP_X, total2);
  storeRow(row + 3 * GROUP_Y, col, GROUP_X, total3);
}
