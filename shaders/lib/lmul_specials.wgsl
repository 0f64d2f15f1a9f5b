// Infinities and NaNs of the operands, on bit patterns; the fast mode has clamped them already.
fn lmulSpecials(x: vec4u, y: vec4u, product: vec4u) -> vec4u {
  if (shape.mode == 2u) { return product; }
  let a = x & vec4u(LMUL_MAGNITUDE);
  let b = y & vec4u(LMUL_MAGNITUDE);
  let nan = (max(a, b) > vec4u(0x7f800000u)) | (min(a, b) < vec4u(LMUL_SMALLEST_NORMAL));
  let infinite = ((x ^ y) & vec4u(LMUL_SIGN)) | vec4u(0x7f800000u);
  return select(product, select(infinite, vec4u(0x7fc00000u), nan), max(a, b) >= vec4u(0x7f800000u));
}
