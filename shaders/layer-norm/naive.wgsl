// A row per invocation.
fn element(row: u32) {
  if (row >= shape.rows) { return; }
  var centre = 0.0;
  if (shape.centred == 1u) { centre = sumOf(row, 0u, 1u) / f32(shape.length); }
  write(row, centre, inverseOf(squaresOf(row, centre, 0u, 1u)), 0u, 1u);
}
