@group(0) @binding(4) var<storage, read> rowScale: array<f32>;
@group(0) @binding(5) var<storage, read> columnScale: array<f32>;

// Stores one row of four scaled dot products, from how many of the k signs differ.
fn storeScaled(row: u32, col: u32, differing: vec4u) {
  let columns = min(vec4u(col) + vec4u(0u, 1u, 2u, 3u), vec4u(shape.n - 1u));
  let scales = vec4f(columnScale[columns.x], columnScale[columns.y], columnScale[columns.z], columnScale[columns.w]);
  let dots = vec4i(i32(shape.k)) - 2 * vec4i(differing);
  storeColumns(row, col, vec4f(dots) * rowScale[min(row, shape.m - 1u)] * scales);
}
