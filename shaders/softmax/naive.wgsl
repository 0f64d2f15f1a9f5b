@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

// A line per invocation: the largest, the sum, the results.
fn element(i: u32) {
  if (i >= shape.outer * shape.inner) { return; }
  let first = (i / shape.inner) * shape.axis * shape.inner + i % shape.inner;
  var most = x[first];
  for (var a = 1u; a < shape.axis; a++) { most = max(most, x[first + a * shape.inner]); }
  var sum = 0.0;
  for (var a = 0u; a < shape.axis; a++) { sum += exp(x[first + a * shape.inner] - most); }
  let logarithm = log(sum);
  for (var a = 0u; a < shape.axis; a++) {
    let at = first + a * shape.inner;
    let d = x[at] - most;
    if (shape.log == 1u) { y[at] = d - logarithm; } else { y[at] = exp(d) / sum; }
  }
}
