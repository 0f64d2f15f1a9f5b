// One invocation computes sixteen columns of a row: four independent chains of multiply-adds per weight.
@compute @workgroup_size(GROUP_X, GROUP_Y)
fn main(
  @builtin(local_invocation_id) local: vec3u,
  @builtin(global_invocation_id) id: vec3u,
  @builtin(workgroup_id) group: vec3u,
) {
  if (id.y >= shape.m) { return; }
  let row = rowOrder[id.y];
  let first = group.x * (16 * GROUP_X) + local.x * 4;
  let columns = stripColumns(first);
  let end = rowPtr[row + 1];
  var strip: Strip;
  for (var i = rowPtr[row]; i < end; i++) {
    addScaled(&strip, values[i], colIdx[i], columns);
  }
  storeStrip(&strip, row, first);
}
