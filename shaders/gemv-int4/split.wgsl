// The sum over k is split among the rows of the workgroup, which add their parts up in shared memory.
var<workgroup> parts: array<f32, GROUP_X * SLICES>;

@compute @workgroup_size(GROUP_X, SLICES)
fn main(
  @builtin(local_invocation_index) index: u32,
  @builtin(local_invocation_id) local: vec3u,
  @builtin(workgroup_id) workgroup: vec3u,
) {
  let wanted = workgroup.x * GROUP_X + local.x;
  let column = min(wanted, shape.n - 1u);
  let blocks = shape.k / 32u;
  let perGroup = countTrailingZeros(shape.groupSize / 32u);
  var sum = vec4f();
  for (var block = local.y; block < blocks; block += SLICES) {
    let group = block >> perGroup;
    let part = dotBlock(W[block * shape.n + column], zeroPointAt(group, column), block * 8u);
    sum = fma(part, vec4f(scaleAt(group * shape.n + column)), sum);
  }
  parts[index] = sum.x + sum.y + sum.z + sum.w;
  workgroupBarrier();
  if (local.y > 0u || wanted >= shape.n) { return; }
  var total = 0.0;
  for (var slice = 0u; slice < SLICES; slice++) { total += parts[slice * GROUP_X + local.x]; }
  store(wanted, total);
}
