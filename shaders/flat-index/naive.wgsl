@group(0) @binding(1) var<storage, read> index: array<i32>;
@group(0) @binding(2) var<storage, read_write> y: array<i32>;

// An index out of range takes the nearest in it.
fn element(i: u32) {
  if (i >= shape.d0 * shape.d1 * shape.d2 * shape.d3 * shape.d4 * shape.d5) { return; }
  var sizes = array<u32, 6>(shape.size0, shape.size1, shape.size2, shape.size3, shape.size4, shape.size5);
  var steps = array<u32, 6>(shape.step0, shape.step1, shape.step2, shape.step3, shape.step4, shape.step5);
  var at = place_y(coordinates(i));
  for (var k = 0u; k < shape.width; k++) {
    let given = index[i * shape.width + k];
    let size = i32(sizes[k]);
    at += u32(clamp(select(given, given + size, given < 0), 0, size - 1)) * steps[k];
  }
  y[i] = i32(at);
}
