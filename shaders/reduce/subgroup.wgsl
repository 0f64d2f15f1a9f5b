// States of a whole subgroup as one, in every lane.
fn together(mine: vec2f, lanes: u32) -> vec2f {
  var state = mine;
  for (var distance = 1u; distance < lanes; distance <<= 1u) {
    state = combine(state, subgroupShuffleXor(state, distance));
  }
  return state;
}

// A line per workgroup. Each subgroup's state stands in its elected lane's place with starts around it, so nothing is assumed
// about which invocations share a subgroup; then every subgroup goes through all places.
@compute @workgroup_size(THREADS)
fn main(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(subgroup_invocation_id) lane: u32,
  @builtin(subgroup_size) lanes: u32,
) {
  let line = group.y * groups.x + group.x;
  if (line >= shape.outer * shape.inner) { return; }
  let mine = together(share(line, local), lanes);
  states[local] = select(start(), mine, subgroupElect());
  workgroupBarrier();
  var state = start();
  for (var i = lane; i < THREADS; i += lanes) { state = combine(state, states[i]); }
  state = together(state, lanes);
  if (local == 0u) { y[line] = finish(state, shape.axis); }
}
