@group(0) @binding(1) var<storage, read> codes: array<u32>;
@group(0) @binding(2) var<storage, read> scales: array<f32>;
@group(0) @binding(3) var<storage, read_write> A: array<vec4f>;

// Four elements of a row whose length is a multiple of 4.
fn writeFour(row: u32, col: u32, values: vec4f) { A[(row * shape.k + col) / 4] = values; }
