var<workgroup> parts: array<vec4f, GROUP_X * SLICES>;

// Four outputs per invocation; the rows of the workgroup share the sum over k and add their parts up in shared memory.
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
    sum = fma(addBlock(vec4f(), block, col, loadZeroPoints(group, col)), loadScales(group, col), sum);
  }
  parts[index] = sum;
  workgroupBarrier();
  if (local.y > 0u) { return; }
  var total = vec4f();
  for (var slice = 0u; slice < SLICES; slice++) { total += parts[slice * GROUP_X + local.x]; }
  storeFour(0u, col, total);
}
