// Signed codes as f32. 64 quads are 1024 products of at most 127²: 16,516,096 < 2²⁴.
const EXACT_QUADS = 64;
fn floatCodes(word: u32) -> vec4f { return vec4f(unpackI8(word)); }
