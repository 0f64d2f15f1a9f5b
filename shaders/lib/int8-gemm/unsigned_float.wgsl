// Unsigned codes as f32. 16 quads are 256 products of at most 255²: 16,646,400 < 2²⁴.
const EXACT_QUADS = 16;
fn floatCodes(word: u32) -> vec4f { return vec4f(unpackU8(word)); }
