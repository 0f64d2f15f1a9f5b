var<workgroup> tileA: array<f32, TILE * TILE>;
var<workgroup> tileB: array<f32, TILE * TILE>;

// Tiles past an end are filled with zeros, which add nothing.
@compute @workgroup_size(TILE, TILE)
fn main(@builtin(local_invocation_id) local: vec3u, @builtin(workgroup_id) group: vec3u) {
  let a = startOfA(group.z);
  let b = startOfB(group.z);
  let row = group.y * TILE + local.y;
  let col = group.x * TILE + local.x;
  let at = local.y * TILE + local.x;
  var sum = 0.0;
  for (var start = 0u; start < shape.k; start += TILE) {
    tileA[at] = 0.0;
    tileB[at] = 0.0;
    if (row < shape.m && start + local.x < shape.k) { tileA[at] = A[a + placeInA(row, start + local.x)]; }
    if (col < shape.n && start + local.y < shape.k) { tileB[at] = B[b + placeInB(start + local.y, col)]; }
    workgroupBarrier();
    for (var p = 0u; p < TILE; p++) {
      sum = fma(tileA[local.y * TILE + p], tileB[p * TILE + local.x], sum);
    }
    workgroupBarrier();
  }
  finish(group.z, row, col, sum);
}
