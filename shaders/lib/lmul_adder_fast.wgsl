// L-Mul by one integer addition and nothing else. Magnitudes clamped to [2^-60, 2^60] keep |x| + |y| - offset within 31 bits,
// so addition modulo 2^32 also gives the exclusive or of the signs. A zero counts as 2^-60: padding must be masked.
const LMUL_FAST_LOW = 0x21800000u;
const LMUL_FAST_HIGH = 0x5d800000u;

fn lmulLeft(bits: vec4u) -> vec4u {
  return lmulRight(bits) - vec4u(LMUL_ONE - lmulOffsetUnits());
}

fn lmulRight(bits: vec4u) -> vec4u {
  let magnitude = clamp(bits & vec4u(LMUL_MAGNITUDE), vec4u(LMUL_FAST_LOW), vec4u(LMUL_FAST_HIGH));
  return lmulReduce((bits & vec4u(LMUL_SIGN)) | magnitude);
}

fn lmulProducts(left: u32, right: vec4u) -> vec4u {
  return vec4u(left) + right;
}
