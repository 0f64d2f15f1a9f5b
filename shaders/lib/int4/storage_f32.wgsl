// Buffers of the int4 operations with f32 activations and scales. Same functions as storage_f16.wgsl.
@group(0) @binding(1) var<storage, read> A: array<vec4f>;
@group(0) @binding(2) var<storage, read> W: array<vec4u>;
@group(0) @binding(3) var<storage, read> scales: array<f32>;
@group(0) @binding(4) var<storage, read> zeroPoints: array<u32>;
@group(0) @binding(5) var<storage, read_write> C: array<f32>;

// Four activations from number 4·index on; k is a multiple of 32, so rows start at a vector.
fn activations(index: u32) -> vec4f { return A[index]; }

fn scaleAt(index: u32) -> f32 { return scales[index]; }

fn store(index: u32, value: f32) { C[index] = value; }
