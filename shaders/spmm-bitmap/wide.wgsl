// One invocation computes sixteen columns of a row: finding a bit and decoding its weight serves sixteen products.
@compute @workgroup_size(GROUP_X, GROUP_Y)
fn main(
  @builtin(local_invocation_id) local: vec3u,
  @builtin(global_invocation_id) id: vec3u,
  @builtin(workgroup_id) group: vec3u,
) {
  let row = id.y;
  if (row >= shape.m) { return; }
  let first = group.x * (16 * GROUP_X) + local.x * 4;
  let columns = stripColumns(first);
  let words = wordsPerRow();
  var at = rowPtr[row];
  var strip: Strip;
  for (var word = 0u; word < words; word++) {
    for (var left = bits[row * words + word]; left != 0; left &= left - 1) {
      addScaled(&strip, weightAt(at), 32 * word + countTrailingZeros(left), columns);
      at++;
    }
  }
  storeStrip(&strip, row, first);
}
