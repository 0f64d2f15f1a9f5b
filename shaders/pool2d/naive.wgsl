@compute @workgroup_size(GROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let plane = id.z * groups.y + id.y;
  if (id.x >= pixels() || plane >= shape.batch * shape.channels) { return; }
  finish(plane, id.x, partOf(plane, id.x, 0u, 1u));
}
