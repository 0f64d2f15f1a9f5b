// One workgroup of LANES invocations per row: the largest magnitude, then the codes, 16 at a time.
var<workgroup> largest: array<f32, LANES>;

@compute @workgroup_size(LANES)
fn quantizeRows(
  @builtin(local_invocation_index) lane: u32,
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
) {
  let row = group.y * groups.x + group.x;
  if (row >= shape.m) { return; }
  var magnitude = 0.0;
  for (var col = lane; col < shape.k; col += LANES) { magnitude = max(magnitude, abs(readElement(row, col))); }
  largest[lane] = magnitude;
  workgroupBarrier();
  for (var width = LANES / 2u; width > 0; width /= 2) {
    if (lane < width) { largest[lane] = max(largest[lane], largest[lane + width]); }
    workgroupBarrier();
  }
  let scaling = rowScale(largest[0]);
  if (lane == 0) { writeScale(row, scaling.scale); }
  for (var quad = lane; quad < quadsPerRow(); quad += LANES) {
    writeQuad(row, quad, quadOf(row, 16 * quad, scaling.inverse));
  }
}
