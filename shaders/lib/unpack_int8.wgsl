// The four codes of a word, lowest byte first.
fn unpackI8(word: u32) -> vec4i {
  return bitcast<vec4i>(vec4u(word) << vec4u(24, 16, 8, 0)) >> vec4u(24);
}

fn unpackU8(word: u32) -> vec4u {
  return (vec4u(word) >> vec4u(0, 8, 16, 24)) & vec4u(0xff);
}
