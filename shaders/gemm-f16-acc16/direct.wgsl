// 4 × 4 elements of C per invocation, straight from storage. Rows of one invocation lie a workgroup apart.
@compute @workgroup_size(GROUP_X, GROUP_Y)
fn main(@builtin(local_invocation_id) local: vec3u, @builtin(workgroup_id) group: vec3u) {
  let row = group.y * GROUP_Y * 4u + local.y;
  let col = (group.x * GROUP_X + local.x) * 4u;
  var sums = Sums();
  for (var start = 0u; start < shape.k; start += PROMOTE_EVERY) {
    var chains = Chains();
    for (var k = start; k < min(start + PROMOTE_EVERY, shape.k); k += 4u) {
      let b = mat4x4h(loadB(k, col), loadB(k + 1u, col), loadB(k + 2u, col), loadB(k + 3u, col));
      chains.row0 = extended(chains.row0, loadA(row, k), b);
      chains.row1 = extended(chains.row1, loadA(row + GROUP_Y, k), b);
      chains.row2 = extended(chains.row2, loadA(row + 2u * GROUP_Y, k), b);
      chains.row3 = extended(chains.row3, loadA(row + 3u * GROUP_Y, k), b);
    }
    promote(&sums, chains);
  }
  storeSums(sums, row, GROUP_Y, col);
}
