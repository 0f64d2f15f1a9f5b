var<workgroup> parts: array<Part, GROUP>;

// One workgroup for each element of the output.
@compute @workgroup_size(GROUP)
fn main(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
) {
  let index = group.y * groups.x + group.x;
  let plane = index / pixels();
  if (plane >= shape.batch * shape.channels) { return; }
  parts[local] = partOf(plane, index % pixels(), local, GROUP);
  for (var half = u32(GROUP) / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (local < half) { parts[local] = join(parts[local], parts[local + half]); }
  }
  if (local == 0u) { finish(plane, index % pixels(), parts[0]); }
}
