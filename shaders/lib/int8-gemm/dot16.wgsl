// Products of quads (16 codes in a vec4u), summed exactly.
fn dot16(a: vec4u, b: vec4u) -> i32 {
  return dotCodes(a.x, b.x) + dotCodes(a.y, b.y) + dotCodes(a.z, b.z) + dotCodes(a.w, b.w);
}

// One quad of a row of A with those of four columns of B.
fn dot16x4(a: vec4u, b0: vec4u, b1: vec4u, b2: vec4u, b3: vec4u) -> vec4i {
  return vec4i(dot16(a, b0), dot16(a, b1), dot16(a, b2), dot16(a, b3));
}
