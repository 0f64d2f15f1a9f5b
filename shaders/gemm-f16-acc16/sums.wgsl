// 4 × 4 elements of C: their sums in f32, and the chain of products in f16 that is next to join them.
struct Sums { row0: vec4f, row1: vec4f, row2: vec4f, row3: vec4f }
struct Chain { row0: vec4h, row1: vec4h, row2: vec4h, row3: vec4h }

// Adds four values along k of four rows of A times four rows of four columns of B.
fn extend(chain: ptr<function, Chain>, a0: vec4h, a1: vec4h, a2: vec4h, a3: vec4h, b: mat4x4h) {
  (*chain).row0 = extendRow((*chain).row0, a0, b);
  (*chain).row1 = extendRow((*chain).row1, a1, b);
  (*chain).row2 = extendRow((*chain).row2, a2, b);
  (*chain).row3 = extendRow((*chain).row3, a3, b);
}

fn extendRow(sum: vec4h, a: vec4h, b: mat4x4h) -> vec4h {
  return fma(vec4h(a.w), b[3], fma(vec4h(a.z), b[2], fma(vec4h(a.y), b[1], fma(vec4h(a.x), b[0], sum))));
}

fn promote(sums: ptr<function, Sums>, chain: Chain) {
  (*sums).row0 += vec4f(chain.row0);
  (*sums).row1 += vec4f(chain.row1);
  (*sums).row2 += vec4f(chain.row2);
  (*sums).row3 += vec4f(chain.row3);
}

fn storeSums(sums: Sums, row: u32, step: u32, col: u32) {
  writeC(row, col, sums.row0);
  writeC(row + step, col, sums.row1);
  writeC(row + 2u * step, col, sums.row2);
  writeC(row + 3u * step, col, sums.row3);
}
