@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> at: array<i32>;
@group(0) @binding(3) var<storage, read> updates: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;

// Word i, whose place's updates lie within begin … end − 1 and are joined in order.
fn result(i: u32, begin: u32, end: u32) {
  let place = i / shape.inner;
  var value = x[i];
  for (var r = begin; r < end; r++) {
    if (u32(at[r]) == place) { value = join(value, updates[r * shape.inner + i % shape.inner]); }
  }
  y[i] = value;
}
