const LMUL_SIGN = 0x80000000u;
const LMUL_MAGNITUDE = 0x7fffffffu;
const LMUL_ONE = 0x3f800000u;
const LMUL_SMALLEST_NORMAL = 0x00800000u;
const LMUL_LARGEST_FINITE = 0x7f7fffffu;

// The offset 2^-l in units of the last mantissa bit; 0 for l = 24.
fn lmulOffsetUnits() -> u32 {
  return (1u << (24u - shape.offsetBits)) >> 1u;
}

// Subnormals to zero, the non-finite to the largest finite number, the mantissa to mantissaBits bits (rounding 1 truncates,
// 2 rounds to nearest even). Everything stays in u32: WGSL may flush subnormals and assume no NaN in f32.
fn lmulReduce(bits: vec4u) -> vec4u {
  let magnitude = min(bits & vec4u(LMUL_MAGNITUDE), vec4u(LMUL_LARGEST_FINITE));
  let dropped = 23u - shape.mantissaBits;
  let last = (magnitude >> vec4u(dropped)) & vec4u(1u);
  let rounds = shape.rounding == 2u && dropped > 0u;
  let increment = select(vec4u(0u), last + vec4u(((1u << dropped) >> 1u) - 1u), rounds);
  let kept = ((magnitude + increment) >> vec4u(dropped)) << vec4u(dropped);
  let normal = magnitude >= vec4u(LMUL_SMALLEST_NORMAL);
  return (bits & vec4u(LMUL_SIGN)) | select(vec4u(0u), kept, normal);
}

// One product where four are not at hand; the other lanes are dead code.
fn lmulProduct(left: u32, right: u32) -> u32 {
  return lmulProducts(left, vec4u(right)).x;
}
