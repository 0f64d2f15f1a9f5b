const ROW_STRIDE = 1;
const COL_STRIDE = 4 * THREADS;

// All invocations of a workgroup share its rows of A, so each row is loaded by one lane and broadcast to its subgroup.
// The loop is uniform: no invocation leaves early, not even where its columns are past the end.
@compute @workgroup_size(THREADS)
fn main(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3u,
  @builtin(subgroup_invocation_id) lane: u32,
) {
  let row = group.y * THREAD_M;
  let col = group.x * THREADS * THREAD_N + local * 4u;
  var tile = Tile();
  for (var k = 0u; k < shape.k; k += 4u) {
    multiplyAdd(&tile, row + lane % LANES_PER_LOAD, col, k);
  }
  storeTile(&tile, row, col);
}
