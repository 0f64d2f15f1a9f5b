// 4 × 4 elements of C: their sums in f32, and the chains of products in f16 that are next to join them.
struct Sums { row0: vec4f, row1: vec4f, row2: vec4f, row3: vec4f }
struct Chains { row0: vec4h, row1: vec4h, row2: vec4h, row3: vec4h }

// Adds four values along k of one row of A times four rows of four columns of B.
fn extended(chain: vec4h, a: vec4h, b: mat4x4h) -> vec4h {
  return fma(vec4h(a.w), b[3], fma(vec4h(a.z), b[2], fma(vec4h(a.y), b[1], fma(vec4h(a.x), b[0], chain))));
}

fn promote(sums: ptr<function, Sums>, chains: Chains) {
  (*sums).row0 += vec4f(chains.row0);
  (*sums).row1 += vec4f(chains.row1);
  (*sums).row2 += vec4f(chains.row2);
  (*sums).row3 += vec4f(chains.row3);
}

fn storeSums(sums: Sums, row: u32, step: u32, col: u32) {
  writeC(row, col, sums.row0);
  writeC(row + step, col, sums.row1);
  writeC(row + 2u * step, col, sums.row2);
  writeC(row + 3u * step, col, sums.row3);
}
