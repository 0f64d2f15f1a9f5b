// Four neighbouring columns of a row that starts at `start`; those past the last column are left out.
fn storeFour(start: u32, col: u32, value: vec4f) {
  if (col < shape.n) { store(start + col, value.x); }
  if (col + 1u < shape.n) { store(start + col + 1u, value.y); }
  if (col + 2u < shape.n) { store(start + col + 2u, value.z); }
  if (col + 3u < shape.n) { store(start + col + 3u, value.w); }
}
