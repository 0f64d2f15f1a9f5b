// L-Mul as printed: (1 + x_m + y_m + 2^-l) * 2^(x_e + y_e), rounded once to f32. No carry from mantissa to exponent.
fn lmulLeft(bits: vec4u) -> vec4u {
  return lmulReduce(bits);
}

fn lmulRight(bits: vec4u) -> vec4u {
  return lmulReduce(bits);
}

fn lmulProducts(left: u32, right: vec4u) -> vec4u {
  let significand = (right & vec4u(0x7fffffu)) + vec4u((left & 0x7fffffu) + 0x800000u + lmulOffsetUnits());
  let carry = significand >> vec4u(24u);
  // With a carry one bit falls off the end; it is always a tie, and ties go to even.
  let halved = (significand + ((significand >> vec4u(1u)) & vec4u(1u))) >> vec4u(1u);
  let mantissa = select(significand, halved, carry == vec4u(1u)) - vec4u(0x800000u);
  let exponent = ((right >> vec4u(23u)) & vec4u(0xffu)) + vec4u((left >> 23u) & 0xffu) + carry;
  let magnitude = min(((exponent - vec4u(127u)) << vec4u(23u)) + mantissa, vec4u(LMUL_LARGEST_FINITE));
  let nonZero = ((right & vec4u(LMUL_MAGNITUDE)) != vec4u(0u)) & vec4<bool>((left & LMUL_MAGNITUDE) != 0u);
  let normal = (exponent >= vec4u(128u)) & nonZero;
  return ((vec4u(left) ^ right) & vec4u(LMUL_SIGN)) | select(vec4u(0u), magnitude, normal);
}
