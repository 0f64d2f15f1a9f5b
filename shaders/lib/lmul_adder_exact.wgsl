// L-Mul by one integer addition, with zero, underflow, overflow and sign handled.
fn lmulLeft(bits: vec4u) -> vec4u {
  return lmulReduce(bits);
}

fn lmulRight(bits: vec4u) -> vec4u {
  return lmulReduce(bits);
}

fn lmulProducts(left: u32, right: vec4u) -> vec4u {
  let offset = LMUL_ONE - lmulOffsetUnits();
  let x = left & LMUL_MAGNITUDE;
  let y = right & vec4u(LMUL_MAGNITUDE);
  let sum = vec4u(x) + y;
  let magnitude = min(sum - vec4u(offset), vec4u(LMUL_LARGEST_FINITE));
  let normal = (sum >= vec4u(offset + LMUL_SMALLEST_NORMAL)) & (y != vec4u(0u)) & vec4<bool>(x != 0u);
  return ((vec4u(left) ^ right) & vec4u(LMUL_SIGN)) | select(vec4u(0u), magnitude, normal);
}
