@group(0) @binding(1) var<storage, read> x: array<u32>;
@group(0) @binding(2) var<storage, read> at: array<i32>;
@group(0) @binding(3) var<storage, read> updates: array<u32>;
@group(0) @binding(4) var<storage, read_write> y: array<u32>;

// Word i, whose place's updates lie within begin … end − 1, searched from the last.
fn result(i: u32, begin: u32, end: u32) {
  let place = i / shape.inner;
  for (var r = end; r > begin; r--) {
    if (u32(at[r - 1u]) == place) {
      y[i] = updates[(r - 1u) * shape.inner + i % shape.inner];
      return;
    }
  }
  y[i] = x[i];
}
