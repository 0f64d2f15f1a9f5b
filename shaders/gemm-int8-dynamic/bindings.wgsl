@group(0) @binding(1) var<storage, read> A: array<f32>;
@group(0) @binding(2) var<storage, read> codesB: array<vec4u>;
@group(0) @binding(3) var<storage, read> scalesB: array<f32>;
@group(0) @binding(4) var<storage, read_write> C: array<f32>;
@group(0) @binding(5) var<storage, read_write> codesA: array<vec4u>;
@group(0) @binding(6) var<storage, read_write> scalesA: array<f32>;

const LANES = 64;

fn readElement(row: u32, col: u32) -> f32 { return A[row * shape.k + col]; }
fn writeScale(row: u32, scale: f32) { scalesA[row] = scale; }
fn writeQuad(row: u32, quad: u32, codes: vec4u) { codesA[row * quadsPerRow() + quad] = codes; }
