@group(0) @binding(4) var<storage, read> columnScale: array<f32>;

// Stores four columns of a row, each with its scale.
fn storeScaled(row: u32, col: u32, sums: vec4f) {
  let columns = min(vec4u(col) + vec4u(0u, 1u, 2u, 3u), vec4u(shape.n - 1u));
  let scales = vec4f(columnScale[columns.x], columnScale[columns.y], columnScale[columns.z], columnScale[columns.w]);
  storeColumns(row, col, sums * scales);
}
