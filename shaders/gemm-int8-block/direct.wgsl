// 4 × 4 elements of C per invocation, loaded straight from storage. Past the end the last row or column is read again.
@compute @workgroup_size(GROUP_X, GROUP_Y)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = id.y * 4;
  let col = id.x * 4;
  if (row >= shape.m || col >= shape.n) { return; }
  let blocks = blocksPerRow();
  let rowsA = min(row + vec4u(0, 1, 2, 3), vec4u(shape.m - 1)) * blocks;
  let colsB = min(col + vec4u(0, 1, 2, 3), vec4u(shape.n - 1)) * blocks;
  var total0 = vec4f();
  var total1 = vec4f();
  var total2 = vec4f();
  var total3 = vec4f();
  for (var part = 0u; part < blocks; part++) {
    let a = rowsA + part;
    let b = colsB + part;
    var sum0 = vec4i();
    var sum1 = vec4i();
    var sum2 = vec4i();
    var sum3 = vec4i();
    for (var quad = 0u; quad < BLOCK_QUADS; quad++) {
      let quadsA = a * BLOCK_QUADS + quad;
      let quadsB = b * BLOCK_QUADS + quad;
      let b0 = codesB[quadsB.x];
      let b1 = codesB[quadsB.y];
      let b2 = codesB[quadsB.z];
      let b3 = codesB[quadsB.w];
      sum0 += dot16x4(codesA[quadsA.x], b0, b1, b2, b3);
      sum1 += dot16x4(codesA[quadsA.y], b0, b1, b2, b3);
      sum2 += dot16x4(codesA[quadsA.z], b0, b1, b2, b3);
      sum3 += dot16x4(codesA[quadsA.w], b0, b1, b2, b3);
    }
    let scales = vec4f(scalesB[b.x], scalesB[b.y], scalesB[b.z], scalesB[b.w]);
    total0 += vec4f(sum0) * (scalesA[a.x] * scales);
    total1 += vec4f(sum1) * (scalesA[a.y] * scales);
    total2 += vec4f(sum2) * (scalesA[a.z] * scales);
    total3 += vec4f(sum3) * (scalesA[a.w] * scales);
  }
  storeRow(row, col, 1, total0);
  storeRow(row + 1, col, 1, total1);
  storeRow(row + 2, col, 1, total2);
  storeRow(row + 3, col, 1, total3);
}
