// Codes with a zero point per group: weight (q − z)·scale. Same functions as decode_symmetric.wgsl and decode_nf4.wgsl.
fn zeroPointAt(group: u32, column: u32) -> f32 {
  let word = zeroPoints[group * ((shape.n + 7u) / 8u) + column / 8u];
  return bitcast<f32>(((word >> ((column % 8u) * 4u)) & 15u) | 0x4b000000u);
}

// Four codes without their scale. An integer below 2²³ placed in the fraction of 2²³ is that float plus 2²³, which spares
// a conversion; the zero point carries the 2²³ too, and the difference is exact.
fn decode(codes: vec4u, zeroPoint: vec4f) -> vec4f {
  return bitcast<vec4f>(codes | vec4u(0x4b000000)) - zeroPoint;
}
