// One invocation per row.
@compute @workgroup_size(GROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let row = id.y * groups.x * GROUP + id.x;
  if (row >= shape.m) { return; }
  var magnitude = 0.0;
  for (var col = 0u; col < shape.k; col++) { magnitude = max(magnitude, abs(readElement(row, col))); }
  let scaling = rowScale(magnitude);
  writeScale(row, scaling.scale);
  for (var quad = 0u; quad < quadsPerRow(); quad++) {
    writeQuad(row, quad, quadOf(row, 16 * quad, scaling.inverse));
  }
}
