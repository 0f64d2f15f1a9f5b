// One invocation per row; neighbours have rows of similar length.
@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= shape.m) { return; }
  let row = rowOrder[id.x];
  let end = rowPtr[row + 1];
  var sum = 0.0;
  for (var i = rowPtr[row]; i < end; i++) {
    sum += values[i] * x[colIdx[i]];
  }
  y[row] = sum;
}
