// Exact dot product of 32 weight codes (0 … 15) with 32 activation codes; weights by nibbles, activations by two vectors of words.
fn dotCodes(low: vec4u, high: vec4u, a: vec4u, b: vec4u) -> i32 {
  return dot4I8(low.x, a.x) + dot4I8(low.y, a.y) + dot4I8(low.z, a.z) + dot4I8(low.w, a.w)
    + dot4I8(high.x, b.x) + dot4I8(high.y, b.y) + dot4I8(high.z, b.z) + dot4I8(high.w, b.w);
}

fn lowNibbles(words: vec4u) -> vec4u { return words & vec4u(0x0f0f0f0f); }
fn highNibbles(words: vec4u) -> vec4u { return (words >> vec4u(4)) & vec4u(0x0f0f0f0f); }

// The zero point of a group as an integer; the decoding functions carry it on top of 2²³.
fn integerZeroPoint(group: u32, column: u32) -> i32 { return i32(zeroPointAt(group, column) - 8388608.0); }
