// X at row and column of a plane, zero in the padding.
fn inputAt(plane: u32, y: i32, x: i32) -> f32 {
  let inside = y >= 0 && x >= 0 && y < i32(shape.height) && x < i32(shape.width);
  let at = (plane * shape.height + u32(max(y, 0))) * shape.width + u32(max(x, 0));
  return select(0.0, X[select(0u, at, inside)], inside);
}
