// Like the staged rung, with registers in place of workgroup memory: each invocation of a subgroup fetches one weight,
// and the subgroup passes them round. One row per workgroup keeps control flow uniform.
@compute @workgroup_size(LANES)
fn main(
  @builtin(local_invocation_index) lane: u32,
  @builtin(workgroup_id) group: vec3u,
  @builtin(subgroup_invocation_id) place: u32,
  @builtin(subgroup_size) size: u32,
) {
  let row = rowOrder[group.y];
  let end = rowPtr[row + 1];
  let col = (group.x * LANES + lane) * 4;
  let safe = clampColumn(col);
  var sum = vec4f();
  for (var first = rowPtr[row]; first < end; first += size) {
    let mine = min(first + place, end - 1);
    let column = colIdx[mine];
    let value = values[mine];
    let count = min(size, end - first);
    for (var j = 0u; j < count; j++) {
      sum += subgroupShuffle(value, j) * loadX(subgroupShuffle(column, j), safe);
    }
  }
  storeC(row, col, sum);
}
