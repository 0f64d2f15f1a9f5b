@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> index: array<i32>;
@group(0) @binding(3) var<storage, read> weight: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;

fn element(i: u32) {
  if (i >= shape.outer * shape.places * shape.inner) { return; }
  let line = i / shape.inner;
  let table = (line % shape.places) * shape.taps;
  if (index[table] < 0) {
    y[i] = bitcast<f32>(shape.fill);
    return;
  }
  let first = (line / shape.places) * shape.axis * shape.inner + i % shape.inner;
  var sum = 0.0;
  for (var t = table; t < table + shape.taps; t++) { sum += weight[t] * x[first + u32(index[t]) * shape.inner]; }
  y[i] = sum;
}
