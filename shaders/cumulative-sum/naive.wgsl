@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

// A line per invocation.
fn element(i: u32) {
  if (i >= shape.outer * shape.inner) { return; }
  let first = (i / shape.inner) * shape.axis * shape.inner + i % shape.inner;
  var sum = 0.0;
  for (var step = 0u; step < shape.axis; step++) {
    let at = first + select(step, shape.axis - 1u - step, shape.reverse == 1u) * shape.inner;
    let before = sum;
    sum += x[at];
    y[at] = select(sum, before, shape.exclusive == 1u);
  }
}
