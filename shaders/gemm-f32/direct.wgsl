const ROW_STRIDE = GROUP_Y;
const COL_STRIDE = 4 * GROUP_X;

// Neighbours along x read neighbouring vectors of B, so rows and vectors of one invocation lie a workgroup apart.
@compute @workgroup_size(GROUP_X, GROUP_Y)
fn main(@builtin(local_invocation_id) local: vec3u, @builtin(workgroup_id) group: vec3u) {
  let row = group.y * GROUP_Y * THREAD_M + local.y;
  let col = group.x * GROUP_X * THREAD_N + local.x * 4u;
  var tile = Tile();
  for (var k = 0u; k < shape.k; k += 4u) {
    multiplyAdd(&tile, row, col, k);
  }
  storeTile(&tile, row, col);
}
