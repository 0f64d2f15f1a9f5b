// One invocation computes four columns of a row: a weight and its index are fetched once for four products.
@compute @workgroup_size(GROUP_X, GROUP_Y)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.y >= shape.m) { return; }
  let row = rowOrder[id.y];
  let col = id.x * 4;
  let safe = clampColumn(col);
  let end = rowPtr[row + 1];
  var sum = vec4f();
  for (var i = rowPtr[row]; i < end; i++) {
    sum += values[i] * loadX(colIdx[i], safe);
  }
  storeC(row, col, sum);
}
