@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

// A line per invocation, one element after the other.
fn element(i: u32) {
  if (i >= shape.outer * shape.inner) { return; }
  var at = (i / shape.inner) * shape.axis * shape.inner + i % shape.inner;
  var state = start();
  for (var a = 0u; a < shape.axis; a++) {
    state = combine(state, map(x[at]));
    at += shape.inner;
  }
  y[i] = finish(state, shape.axis);
}
