// A line per workgroup: shares are combined in halves.
@compute @workgroup_size(THREADS)
fn main(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
) {
  let line = group.y * groups.x + group.x;
  if (line >= shape.outer * shape.inner) { return; }
  states[local] = share(line, local);
  for (var width = u32(THREADS) / 2u; width > 0u; width >>= 1u) {
    workgroupBarrier();
    if (local < width) { states[local] = combine(states[local], states[local + width]); }
  }
  if (local == 0u) { y[line] = finish(states[0], shape.axis); }
}
