@group(0) @binding(1) var<storage, read> A: array<f32>;
@group(0) @binding(2) var<storage, read_write> codes: array<vec4u>;
@group(0) @binding(3) var<storage, read_write> scales: array<f32>;

fn readElement(row: u32, col: u32) -> f32 { return A[row * shape.k + col]; }
fn writeScale(row: u32, scale: f32) { scales[row] = scale; }
fn writeQuad(row: u32, quad: u32, value: vec4u) { codes[row * quadsPerRow() + quad] = value; }
