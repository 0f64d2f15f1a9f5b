// One invocation per element of C: 16 codes of a row of A times 16 of a column of B at a time.
@compute @workgroup_size(GROUP_X, GROUP_Y)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = id.y;
  let col = id.x;
  if (row >= shape.m || col >= shape.n) { return; }
  let quads = quadsPerRow();
  var sum = 0i;
  for (var quad = 0u; quad < quads; quad++) {
    sum += dot16(codesA[row * quads + quad], codesB[col * quads + quad]);
  }
  C[row * shape.n + col] = finish(row, col, sum);
}
