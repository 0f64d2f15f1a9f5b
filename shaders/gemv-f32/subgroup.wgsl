@compute @workgroup_size(THREADS)
fn main(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(subgroup_invocation_id) lane: u32,
  @builtin(subgroup_size) lanes: u32,
) {
  let row = group.y * groups.x + group.x;
  let sum = reduceSubgroup(partialDot(row, local), local, lane, lanes);
  if (local == 0u && row < shape.n) { y[row] = sum; }
}
