// A subgroup per row, added up by the subgroup itself: no workgroup memory, no barrier.
@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(subgroup_invocation_id) lane: u32,
  @builtin(subgroup_size) size: u32,
  @builtin(subgroup_id) subgroup: u32,
  @builtin(num_subgroups) subgroups: u32,
) {
  for (var first = 0u; first < ROWS; first += subgroups) {
    let slot = group.x * ROWS + first + subgroup;
    let mine = first + subgroup < ROWS && slot < shape.m;
    var row = 0u;
    var sum = 0.0;
    if (mine) {
      row = rowOrder[slot];
      let end = rowPtr[row + 1];
      for (var i = rowPtr[row] + lane; i < end; i += size) {
        sum += values[i] * x[colIdx[i]];
      }
    }
    let total = subgroupAdd(sum);
    if (mine && lane == 0) { y[row] = total; }
  }
}
