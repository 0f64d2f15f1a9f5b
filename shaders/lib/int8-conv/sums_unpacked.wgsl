// As sums_dot4.wgsl without the instruction: one channel of four words at a time, of LANES that hold one.
alias Sums = array<vec4i, 4>;

fn addProducts(sums: ptr<function, Sums>, x: vec4u, w: vec4u) {
  for (var shift = 0u; shift < 8u * LANES; shift += 8u) {
    let inputs = signedBytes(x, shift);
    let weights = signedBytes(w, shift);
    (*sums)[0] += inputs * weights.x;
    (*sums)[1] += inputs * weights.y;
    (*sums)[2] += inputs * weights.z;
    (*sums)[3] += inputs * weights.w;
  }
}

fn signedBytes(words: vec4u, shift: u32) -> vec4i {
  return bitcast<vec4i>(words << vec4u(24u - shift)) >> vec4u(24u);
}

fn settle(sums: ptr<function, Sums>, words: u32) {}
fn totals(sums: ptr<function, Sums>) -> array<vec4i, 4> { return *sums; }
