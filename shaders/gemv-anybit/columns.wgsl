// One invocation per four outputs; all of them read the same activations.
@compute @workgroup_size(GROUP_X)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let col = id.x * 4u;
  let blocksPerGroup = shape.groupSize / 32u;
  let groups = shape.k / shape.groupSize;
  var sum = vec4f();
  for (var group = 0u; group < groups; group++) {
    let zeroPoint = loadZeroPoints(group, col);
    var part = vec4f();
    for (var block = group * blocksPerGroup; block < (group + 1u) * blocksPerGroup; block++) {
      part = addBlock(part, block, col, zeroPoint);
    }
    sum = fma(part, loadScales(group, col), sum);
  }
  storeFour(0u, col, sum);
}
