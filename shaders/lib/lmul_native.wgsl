// No L-Mul: the f32 multiplication of the same reduced operands, so that a kernel can be timed with either.
fn lmulLeft(bits: vec4u) -> vec4u {
  return lmulReduce(bits);
}

fn lmulRight(bits: vec4u) -> vec4u {
  return lmulReduce(bits);
}

fn lmulProducts(left: u32, right: vec4u) -> vec4u {
  return bitcast<vec4u>(bitcast<f32>(left) * bitcast<vec4f>(right));
}
