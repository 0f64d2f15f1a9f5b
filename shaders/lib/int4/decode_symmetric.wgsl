// Symmetric codes: weight (q − 8)·scale. Same functions as decode_zero_point.wgsl and decode_nf4.wgsl.
fn zeroPointAt(group: u32, column: u32) -> f32 { return 8388616.0; }

// Four codes without their scale. An integer below 2²³ placed in the fraction of 2²³ is that float plus 2²³, which spares
// a conversion; the zero point carries the 2²³, and the difference is exact.
fn decode(codes: vec4u, zeroPoint: vec4f) -> vec4f {
  return bitcast<vec4f>(codes | vec4u(0x4b000000)) - zeroPoint;
}
