// A line per invocation, gone through once for each element that is chosen.
fn element(line: u32) {
  if (line >= shape.outer * shape.inner) { return; }
  var last = nobody();
  for (var j = 0u; j < shape.k; j++) {
    last = next(line, last, j == 0u, 0u, 1u);
    put(line, j, last);
  }
}
