@group(0) @binding(1) var<storage, read> x: array<u32>;
@group(0) @binding(2) var<storage, read> index: array<i32>;
@group(0) @binding(3) var<storage, read_write> y: array<u32>;

// Word i of y. An index out of range takes the nearest in it.
fn element(i: u32) {
  if (i >= shape.outer * shape.indices * shape.inner) { return; }
  let given = index[indexOf(i)];
  let size = i32(shape.axis);
  let chosen = clamp(select(given, given + size, given < 0), 0, size - 1);
  let outer = i / shape.inner / shape.indices;
  y[i] = x[(outer * shape.axis + u32(chosen)) * shape.inner + i % shape.inner];
}
