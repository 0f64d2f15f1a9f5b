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
    // Column i holds the sums of row i of A.
    var exact = mat4x4f();
    for (var quad = first; quad < end; quad++) {
      let a0 = codesA[rowsA.x + quad];
      let a1 = codesA[rowsA.y + quad];
      let a2 = codesA[rowsA.z + quad];
      let a3 = codesA[rowsA.w + quad];
      let b0 = codesB[colsB.x + quad];
      let b1 = codesB[colsB.y + quad];
      let b2 = codesB[colsB.z + quad];
      let b3 = codesB[colsB.w + quad];
      exact += products(vec4u(a0.x, a1.x, a2.x, a3.x), vec4u(b0.x, b1.x, b2.x, b3.x));
      exact += products(vec4u(a0.y, a1.y, a2.y, a3.y), vec4u(b0.y, b1.y, b2.y, b3.y));
      exact += products(vec4u(a0.z, a1.z, a2.z, a3.z), vec4u(b0.z, b1.z, b2.z, b3.z));
      exact += products(vec4u(a0.w, a1.w, a2.w, a3.w), vec4u(b0.w, b1.w, b2.w, b3.w));
    }
    sum0 += vec4i(exact[0]);
    sum1 += vec4i(exact[1]);
    sum2 += vec4i(exact[2]);
    sum3 += vec4i(exact[3]);
  }
  storeRow(row, col, 1, sum0);
  storeRow(row + 1, col, 1, sum1);
  storeRow(row + 2, col, 1, sum2);
  storeRow(row + 3, col, 1, sum3);
}

// One word of each of four rows of A with one word of each of four columns of B.
fn products(a: vec4u, b: vec4u) -> mat4x4f {
  let columns = mat4x4f(floatCodes(b.x), floatCodes(b.y), floatCodes(b.z), floatCodes(b.w));
  return mat4x4f(
    floatCodes(a.x) * columns, floatCodes(a.y) * columns, floatCodes(a.z) * columns, floatCodes(a.w) * columns,
  );
}
