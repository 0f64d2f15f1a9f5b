var<workgroup> candidates: array<Candidate, THREADS>;

// A line per workgroup. For each element that is chosen, shares are gone through and candidates handed on in halves.
@compute @workgroup_size(THREADS)
fn main(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
) {
  let line = group.y * groups.x + group.x;
  if (line >= shape.outer * shape.inner) { return; }
  var last = nobody();
  for (var j = 0u; j < shape.k; j++) {
    candidates[local] = next(line, last, j == 0u, local, u32(THREADS));
    for (var width = u32(THREADS) / 2u; width > 0u; width >>= 1u) {
      workgroupBarrier();
      if (local < width) {
        let other = candidates[local + width];
        if (before(other, candidates[local])) { candidates[local] = other; }
      }
    }
    workgroupBarrier();
    last = candidates[0];
    if (local == 0u) { put(line, j, last); }
    // Nobody writes the next candidates while the last winner is still being read.
    workgroupBarrier();
  }
}
