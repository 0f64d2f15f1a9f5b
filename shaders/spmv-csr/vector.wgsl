// A team of invocations per row: neighbours read neighbouring weights, and a tree in workgroup memory adds up.
@compute @workgroup_size(TEAM, ROWS)
fn main(@builtin(local_invocation_id) local: vec3u, @builtin(workgroup_id) group: vec3u) {
  let slot = group.x * ROWS + local.y;
  var row = 0u;
  var sum = 0.0;
  if (slot < shape.m) {
    row = rowOrder[slot];
    let end = rowPtr[row + 1];
    for (var i = rowPtr[row] + local.x; i < end; i += TEAM) {
      sum += values[i] * x[colIdx[i]];
    }
  }
  let total = teamSum(sum, local.y, local.x);
  if (slot < shape.m && local.x == 0) { y[row] = total; }
}
