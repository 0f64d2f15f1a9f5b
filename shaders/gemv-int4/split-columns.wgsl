var<workgroup> parts: array<vec4f, GROUP_X * SLICES>;

// Sums of four neighbouring outputs over four steps of k.
fn addPanel(sum: vec4f, a: vec4f, b: PanelB) -> vec4f {
  return fma(vec4f(a.w), b.b3_0, fma(vec4f(a.z), b.b2_0, fma(vec4f(a.y), b.b1_0, fma(vec4f(a.x), b.b0_0, sum))));
}

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
  if (col < shape.n) { store(col, total.x); }
  if (col + 1u < shape.n) { store(col + 1u, total.y); }
  if (col + 2u < shape.n) { store(col + 2u, total.z); }
  if (col + 3u < shape.n) { store(col + 3u, total.w); }
}
