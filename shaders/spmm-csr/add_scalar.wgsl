// Adds to four neighbouring columns of C one by one, for any n; add_vec4.wgsl has the same function.
fn addToC(row: u32, col: u32, value: vec4f) {
  for (var i = 0u; i < 4; i++) {
    if (col + i < shape.n) { C[row * shape.n + col + i] += value[i]; }
  }
}
