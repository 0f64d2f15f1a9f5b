// As direct.wgsl, multiplying in f32: products and sums of codes are whole numbers, exact below 2²⁴. After
// EXACT_QUADS quads the sums move to integers. For devices whose f32 units outrun their integer multipliers.
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
  for (var first = 0u; first < quads; first += EXACT_QUADS) {
    let end = min(first + EXACT_QUADS, quads);
    var exact0 = vec4f();
    var exact1 = vec4f();
    var exact2 = vec4f();
    var exact3 = vec4f();
    for (var quad = first; quad < end; quad++) {
      let a0 = codesA[rowsA.x + quad];
      let a1 = codesA[rowsA.y + quad];
      let a2 = codesA[rowsA.z + quad];
      let a3 = codesA[rowsA.w + quad];
      let b0 = codesB[colsB.x + quad];
      let b1 = codesB[colsB.y + quad];
      let b2 = codesB[colsB.z + quad];
      let b3 = codesB[colsB.w + quad];
      for (var word = 0u; word < 4; word++) {
        let b = mat4x4f(floatCodes(b0[word]), floatCodes(b1[word]), floatCodes(b2[word]), floatCodes(b3[word]));
        exact0 += floatCodes(a0[word]) * b;
        exact1 += floatCodes(a1[word]) * b;
        exact2 += floatCodes(a2[word]) * b;
        exact3 += floatCodes(a3[word]) * b;
      }
    }
    sum0 += vec4i(exact0);
    sum1 += vec4i(exact1);
    sum2 += vec4i(exact2);
    sum3 += vec4i(exact3);
  }
  storeRow(row, col, 1, sum0);
  storeRow(row + 1, col, 1, sum1);
  storeRow(row + 2, col, 1, sum2);
  storeRow(row + 3, col, 1, sum3);
}
