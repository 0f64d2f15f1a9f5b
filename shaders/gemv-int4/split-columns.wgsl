var<workgroup> parts: array<vec4f, GROUP_X * SLICES>;

// Sums of one block of 32 steps, without their scale.
fn sumBlock(block: u32, col: u32, zero: vec4f) -> vec4f {
  let blocks = loadBlocks(block, col);
  let at = block * 8u;
  let one = vec4f(1.0);
  var low = addPanel(vec4f(), activations(at), panelLow(blocks.x, zero, one));
  var high = addPanel(vec4f(), activations(at + 4u), panelHigh(blocks.x, zero, one));
  low = addPanel(low, activations(at + 1u), panelLow(blocks.y, zero, one));
  high = addPanel(high, activations(at + 5u), panelHigh(blocks.y, zero, one));
  low = addPanel(low, activations(at + 2u), panelLow(blocks.z, zero, one));
  high = addPanel(high, activations(at + 6u), panelHigh(blocks.z, zero, one));
  low = addPanel(low, activations(at + 3u), panelLow(blocks.w, zero, one));
  high = addPanel(high, activations(at + 7u), panelHigh(blocks.w, zero, one));
  return low + high;
}

@compute @workgroup_size(GROUP_X, SLICES)
fn main(
  @builtin(local_invocation_index) index: u32,
  @builtin(local_invocation_id) local: vec3u,
  @builtin(workgroup_id) workgroup: vec3u,
) {
  let col = (workgroup.x * GROUP_X + local.x) * 4u;
  let blocks = shape.k / 32u;
  let perGroup = countTrailingZeros(shape.groupSize / 32u);
  var sum = vec4f();
  for (var block = local.y; block < blocks; block += SLICES) {
    let group = block >> perGroup;
    sum = fma(sumBlock(block, col, loadZeroPoints(group, col)), loadScales(group, col), sum);
  }
  parts[index] = sum;
  workgroupBarrier();
  if (local.y > 0u) { return; }
  var total = vec4f();
  for (var slice = 0u; slice < SLICES; slice++) { total += parts[slice * GROUP_X + local.x]; }
  storeFour(0u, col, total);
}
