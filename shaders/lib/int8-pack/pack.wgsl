// A word of four codes along the axis, the first in the lowest byte; places past the axis hold the zero point.
fn element(i: u32) {
  if (i >= shape.outer * shape.words * shape.inner) { return; }
  let block = i / shape.inner;
  let first = block % shape.words * 4u;
  let start = (block / shape.words * shape.axis + first) * shape.inner + i % shape.inner;
  let codes = vec4i(codeOr(first, start), codeOr(first + 1u, start + shape.inner),
    codeOr(first + 2u, start + 2u * shape.inner), codeOr(first + 3u, start + 3u * shape.inner));
  y[i] = packInt8(codes - vec4i(i32(shape.moved)));
}

fn codeOr(place: u32, at: u32) -> i32 {
  if (place >= shape.axis) { return zero[0]; }
  return codeAt(at);
}
