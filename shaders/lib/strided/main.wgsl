// An invocation per element: element(i) of the operation.
@compute @workgroup_size(THREADS)
fn main(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
) {
  element((group.y * groups.x + group.x) * u32(THREADS) + local);
}
