// As sums_unpacked.wgsl, multiplying in f32, for devices whose f32 units outrun their integer multipliers. Products and sums of bytes
// are whole numbers and exact up to 2²⁴, which 1024 products of at most 128² do not pass. After so many they move to integers.
struct Sums {
  exact: array<vec4f, 4>,
  whole: array<vec4i, 4>,
  // Words that the exact sums hold.
  pending: u32,
}

fn addProducts(sums: ptr<function, Sums>, x: vec4u, w: vec4u) {
  for (var shift = 0u; shift < 8u * LANES; shift += 8u) {
    let inputs = floatBytes(x, shift);
    let weights = floatBytes(w, shift);
    (*sums).exact[0] = fma(inputs, vec4f(weights.x), (*sums).exact[0]);
    (*sums).exact[1] = fma(inputs, vec4f(weights.y), (*sums).exact[1]);
    (*sums).exact[2] = fma(inputs, vec4f(weights.z), (*sums).exact[2]);
    (*sums).exact[3] = fma(inputs, vec4f(weights.w), (*sums).exact[3]);
  }
}

fn floatBytes(words: vec4u, shift: u32) -> vec4f {
  return vec4f(bitcast<vec4i>(words << vec4u(24u - shift)) >> vec4u(24u));
}

// Called after each `words`, at most 256 of them.
fn settle(sums: ptr<function, Sums>, words: u32) {
  (*sums).pending += words;
  if ((*sums).pending + words > 256u) { move_(sums); }
}

fn move_(sums: ptr<function, Sums>) {
  for (var i = 0u; i < 4u; i++) {
    (*sums).whole[i] += vec4i((*sums).exact[i]);
    (*sums).exact[i] = vec4f();
  }
  (*sums).pending = 0u;
}

fn totals(sums: ptr<function, Sums>) -> array<vec4i, 4> {
  move_(sums);
  return (*sums).whole;
}
