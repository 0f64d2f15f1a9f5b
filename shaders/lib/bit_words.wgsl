// Words of 32 bits along k.
fn wordCount() -> u32 {
  return (shape.k + 31u) / 32u;
}

// Bits of word w that belong to k; what stands beyond may be anything.
fn wordMask(w: u32) -> u32 {
  let held = shape.k - 32u * w;
  return select((1u << (held & 31u)) - 1u, 0xffffffffu, held >= 32u);
}
