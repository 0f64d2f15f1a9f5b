// Four codes −128 … 255 in a word, the first in the lowest byte.
fn packInt8(codes: vec4i) -> u32 {
  let bytes = bitcast<vec4u>(codes) & vec4u(0xff);
  return bytes.x | (bytes.y << 8) | (bytes.z << 16) | (bytes.w << 24);
}
