// Sums of four pixels for each of four filters, four products to an instruction.
alias Sums = array<vec4i, 4>;

fn addProducts(sums: ptr<function, Sums>, x: vec4u, w: vec4u) {
  (*sums)[0] += dotFour(x, w.x);
  (*sums)[1] += dotFour(x, w.y);
  (*sums)[2] += dotFour(x, w.z);
  (*sums)[3] += dotFour(x, w.w);
}

fn dotFour(x: vec4u, w: u32) -> vec4i {
  return vec4i(dot4I8(x.x, w), dot4I8(x.y, w), dot4I8(x.z, w), dot4I8(x.w, w));
}

// Integers need no care on the way.
fn settle(sums: ptr<function, Sums>, words: u32) {}
fn totals(sums: ptr<function, Sums>) -> array<vec4i, 4> { return *sums; }
