// Four elements of a row of C, `step` columns apart; rows and columns past the end are left out.
fn storeRow(row: u32, col: u32, step: u32, values: vec4f) {
  if (row >= shape.m) { return; }
  for (var j = 0u; j < 4; j++) {
    let column = col + j * step;
    if (column < shape.n) { C[row * shape.n + column] = values[j]; }
  }
}
