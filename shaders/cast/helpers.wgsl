// Towards zero, on the bits: what lies outside saturates at the f32 nearest to the end of the range, NaN becomes 0.
fn truncated(w: u32) -> u32 {
  if ((w & 0x7fffffffu) > 0x7f800000u) { return 0u; }
  return bitcast<u32>(i32(clamp(trunc(bitcast<f32>(w)), -2147483648.0, 2147483520.0)));
}

// To the nearest f16, ties to even, as the f32 of the same value. All on integers, so that no device flushes subnormals.
fn roundedToF16(w: u32) -> u32 {
  let sign = w & 0x80000000u;
  let a = w & 0x7fffffffu;
  if (a >= 0x7f800000u) { return w; }
  // From 65520 up: infinity.
  if (a >= 0x477ff000u) { return sign | 0x7f800000u; }
  if (a >= 0x38800000u) { return sign | ((a + 0xfffu + ((a >> 13u) & 1u)) & 0xffffe000u); }
  // Below 2⁻¹⁴: multiples of 2⁻²⁴. At most half of the least becomes 0.
  if (a <= 0x33000000u) { return sign; }
  let drop = 126u - (a >> 23u);
  let mantissa = (a & 0x7fffffu) | 0x800000u;
  let units = (mantissa + ((1u << (drop - 1u)) - 1u) + ((mantissa >> drop) & 1u)) >> drop;
  let top = firstLeadingBit(units);
  return sign | ((103u + top) << 23u) | ((units << (23u - top)) & 0x7fffffu);
}
