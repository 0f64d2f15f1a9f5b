// One invocation per four outputs; all of them read the same activations.
@compute @workgroup_size(GROUP_X)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let col = id.x * 4u;
  let blocksPerGroup = shape.groupSize / 32u;
  let groups = shape.k / shape.groupSize;
  let one = vec4f(1.0);
  var sum = vec4f();
  for (var group = 0u; group < groups; group++) {
    let zero = loadZeroPoints(group, col);
    var low = vec4f();
    var high = vec4f();
    for (var block = group * blocksPerGroup; block < (group + 1u) * blocksPerGroup; block++) {
      let blocks = loadBlocks(block, col);
      let at = block * 8u;
      low = addPanel(low, activations(at), panelLow(blocks.x, zero, one));
      high = addPanel(high, activations(at + 4u), panelHigh(blocks.x, zero, one));
      low = addPanel(low, activations(at + 1u), panelLow(blocks.y, zero, one));
      high = addPanel(high, activations(at + 5u), panelHigh(blocks.y, zero, one));
      low = addPanel(low, activations(at + 2u), panelLow(blocks.z, zero, one));
      high = addPanel(high, activations(at + 6u), panelHigh(blocks.z, zero, one));
      low = addPanel(low, activations(at + 3u), panelLow(blocks.w, zero, one));
      high = addPanel(high, activations(at + 7u), panelHigh(blocks.w, zero, one));
    }
    sum = fma(low + high, loadScales(group, col), sum);
  }
  storeFour(0u, col, sum);
}
