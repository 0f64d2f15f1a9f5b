// 4 × 4 elements of C per invocation, loaded straight from storage. Past the end the last row or column is read again.
@compute @workgroup_size(GROUP_X, GROUP_Y)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = id.y * 4;
  let col = id.x * 4;
  if (row >= shape.m || col >= shape.n) { return; }
  let quads = quadsPerRow();
  let rowsA = min(row + vec4u(0, 1, 2, 3), vec4u(shape.m - 1)) * quads;
  let colsB = min(col + vec4u(0, 1, 2, 3), vec4u(shape.n - 1)) * quads;
  var sum0 = vec4i();
  var sum1 = vec4i();
  var sum2 = vec4i();
  var sum3 = vec4i();
  for (var quad = 0u; quad < quads; quad++) {
    let b0 = codesB[colsB.x + quad];
    let b1 = codesB[colsB.y + quad];
    let b2 = codesB[colsB.z + quad];
    let b3 = codesB[colsB.w + quad];
    sum0 += dot16x4(codesA[rowsA.x + quad], b0, b1, b2, b3);
    sum1 += dot16x4(codesA[rowsA.y + quad], b0, b1, b2, b3);
    sum2 += dot16x4(codesA[rowsA.z + quad], b0, b1, b2, b3);
    sum3 += dot16x4(codesA[rowsA.w + quad], b0, b1, b2, b3);
  }
  storeRow(row, col, 1, sum0);
  storeRow(row + 1, col, 1, sum1);
  storeRow(row + 2, col, 1, sum2);
  storeRow(row + 3, col, 1, sum3);
}
