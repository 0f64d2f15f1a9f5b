@group(0) @binding(1) var<storage, read> codesA: array<vec4u>;
@group(0) @binding(2) var<storage, read> scalesA: array<f32>;
@group(0) @binding(3) var<storage, read> codesB: array<vec4u>;
@group(0) @binding(4) var<storage, read> scalesB: array<f32>;
@group(0) @binding(5) var<storage, read_write> C: array<f32>;
