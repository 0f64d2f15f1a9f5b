@group(0) @binding(1) var<storage, read> codes: array<u32>;
@group(0) @binding(2) var<storage, read> scales: array<f32>;
@group(0) @binding(3) var<storage, read_write> A: array<f32>;

// Four elements of a row of any length, for what of them is in the row.
fn writeFour(row: u32, col: u32, values: vec4f) {
  for (var i = 0u; i < 4; i++) {
    if (col + i < shape.k) { A[row * shape.k + col + i] = values[i]; }
  }
}
