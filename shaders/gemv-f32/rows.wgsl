var<workgroup> sums: array<vec4f, LANES * ROW_GROUPS>;

// Each invocation goes through four rows at once and reuses its vector of x for them; LANES invocations share four rows.
@compute @workgroup_size(LANES, ROW_GROUPS)
fn main(
  @builtin(local_invocation_id) local: vec3u,
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
) {
  let row = ((group.y * groups.x + group.x) * ROW_GROUPS + local.y) * 4u;
  var sum = vec4f();
  for (var k = local.x * 4u; k < shape.k; k += LANES * 4) {
    let v = readX(k);
    sum += vec4f(dot(readW(row, k), v), dot(readW(row + 1u, k), v), dot(readW(row + 2u, k), v), dot(readW(row + 3u, k), v));
  }
  let at = local.y * LANES + local.x;
  if (LANES > 1) {
    sums[at] = sum;
    for (var width = LANES / 2u; width > 0u; width >>= 1u) {
      workgroupBarrier();
      if (local.x < width) { sums[at] += sums[at + width]; }
    }
    sum = sums[at];
  }
  if (local.x == 0u) { store(row, sum); }
}

fn store(row: u32, sum: vec4f) {
  if (row < shape.n) { y[row] = sum.x; }
  if (row + 1u < shape.n) { y[row + 1u] = sum.y; }
  if (row + 2u < shape.n) { y[row + 2u] = sum.z; }
  if (row + 3u < shape.n) { y[row + 3u] = sum.w; }
}
