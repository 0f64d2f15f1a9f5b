@group(0) @binding(1) var<storage, read> codesA: array<vec4u>;
@group(0) @binding(2) var<storage, read> scalesA: array<f32>;
@group(0) @binding(3) var<storage, read> codesB: array<vec4u>;
@group(0) @binding(4) var<storage, read> scalesB: array<f32>;
@group(0) @binding(5) var<storage, read_write> C: array<f32>;

// Rows of codes are padded with zeros to whole blocks: 128 codes, 8 quads of 16.
const BLOCK_QUADS = 8;
fn blocksPerRow() -> u32 { return (shape.k + 127) / 128; }
