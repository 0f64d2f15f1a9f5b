@compute @workgroup_size(THREADS)
fn main(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
) {
  let row = group.y * groups.x + group.x;
  let sum = reduceWorkgroup(partialDot(row, local), local);
  if (local == 0u && row < shape.n) { y[row] = sum; }
}
