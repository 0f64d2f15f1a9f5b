// One workgroup computes 4·LANES columns of a row. Its invocations fetch the row's weights and indices together,
// one each, and then all read them from workgroup memory.
var<workgroup> stagedColumns: array<u32, LANES>;
var<workgroup> stagedValues: array<f32, LANES>;

@compute @workgroup_size(LANES)
fn main(@builtin(local_invocation_index) lane: u32, @builtin(workgroup_id) group: vec3u) {
  let row = rowOrder[group.y];
  let end = rowPtr[row + 1];
  let col = (group.x * LANES + lane) * 4;
  let safe = clampColumn(col);
  var sum = vec4f();
  for (var first = rowPtr[row]; first < end; first += LANES) {
    workgroupBarrier();
    if (first + lane < end) {
      stagedColumns[lane] = colIdx[first + lane];
      stagedValues[lane] = values[first + lane];
    }
    workgroupBarrier();
    let count = min(LANES, end - first);
    for (var j = 0u; j < count; j++) {
      sum += stagedValues[j] * loadX(stagedColumns[j], safe);
    }
  }
  storeC(row, col, sum);
}
