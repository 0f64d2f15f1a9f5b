// Adds to four neighbouring columns of C at once; goes with columns_vec4.wgsl, as add_scalar.wgsl with columns_scalar.wgsl.
fn addToC(row: u32, col: u32, value: vec4f) {
  if (col < shape.n) { C[(row * shape.n + col) / 4] += value; }
}
