// How the format is addressed; ../../src/numerics/sparse/bitmap.ts writes it.
@group(0) @binding(1) var<storage, read> bits: array<u32>;
@group(0) @binding(2) var<storage, read> rowPtr: array<u32>;
@group(0) @binding(3) var<storage, read> values: array<u32>;

fn wordsPerRow() -> u32 {
  return (shape.k + 31) / 32;
}

// Kept weight `at`, counted from the first of W.
fn weightAt(at: u32) -> f32 {
  return unpack2x16float(values[at / 2] >> (16 * (at % 2))).x;
}
