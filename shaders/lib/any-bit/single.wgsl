// One weight: its code may straddle two words of its block.
fn weightAt(p: u32, column: u32) -> f32 {
  let group = p / shape.groupSize;
  let four = column / 4u * 4u;
  let first = (p % 32u) * shape.bits;
  let row = (p / 32u) * shape.bits + first / 32u;
  let shift = first % 32u;
  var code = loadWords(row, four)[column % 4u] >> shift;
  if (shift + shape.bits > 32u) { code |= loadWords(row + 1u, four)[column % 4u] << (32u - shift); }
  code &= (1u << shape.bits) - 1u;
  return decode(vec4u(code), loadZeroPoints(group, four))[column % 4u] * scales[group * shape.n + column];
}
