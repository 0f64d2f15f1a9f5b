// Of each place the first update, and one more than the last. Least and greatest do not depend on who comes first.
@group(0) @binding(5) var<storage, read_write> marks: array<atomic<u32>>;

fn number(local: u32, group: vec3u, groups: vec3u) -> u32 {
  return (group.y * groups.x + group.x) * u32(THREADS) + local;
}

@compute @workgroup_size(THREADS)
fn clear(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
) {
  let place = number(local, group, groups);
  if (place >= shape.places) { return; }
  atomicStore(&marks[2u * place], 0xffffffffu);
  atomicStore(&marks[2u * place + 1u], 0u);
}

// A place out of range is left out.
@compute @workgroup_size(THREADS)
fn mark(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
) {
  let update = number(local, group, groups);
  if (update >= shape.updates) { return; }
  let place = u32(at[update]);
  if (place >= shape.places) { return; }
  atomicMin(&marks[2u * place], update);
  atomicMax(&marks[2u * place + 1u], update + 1u);
}

@compute @workgroup_size(THREADS)
fn write(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
) {
  let i = number(local, group, groups);
  if (i >= shape.places * shape.inner) { return; }
  let place = i / shape.inner;
  result(i, atomicLoad(&marks[2u * place]), atomicLoad(&marks[2u * place + 1u]));
}
