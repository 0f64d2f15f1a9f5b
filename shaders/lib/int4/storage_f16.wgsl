// Buffers of the int4 operations with f16 activations and scales; sums stay f32. Same functions as storage_f32.wgsl.
@group(0) @binding(1) var<storage, read> A: array<vec4h>;
@group(0) @binding(2) var<storage, read> W: array<vec4u>;
@group(0) @binding(3) var<storage, read> scales: array<f16>;
@group(0) @binding(4) var<storage, read> zeroPoints: array<u32>;
@group(0) @binding(5) var<storage, read_write> C: array<f16>;

fn activations(index: u32) -> vec4f { return vec4f(A[index]); }

fn scaleAt(index: u32) -> f32 { return f32(scales[index]); }

fn store(index: u32, value: f32) { C[index] = f16(value); }
