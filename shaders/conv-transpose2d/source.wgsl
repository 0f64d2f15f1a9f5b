// The pixel of X whose window has element (v, u) on output pixel `at`, or a negative one where there is none.
fn sourceOf(at: u32, v: u32, u: u32) -> vec2i {
  let y = i32(at / shape.outWidth) + i32(shape.top) - 1 - i32(v * shape.dilationY);
  let x = i32(at % shape.outWidth) + i32(shape.left) - 1 - i32(u * shape.dilationX);
  let strides = vec2i(i32(shape.strideY), i32(shape.strideX));
  let source = vec2i(y, x) / strides;
  let on = y >= 0 && x >= 0 && all(source * strides == vec2i(y, x));
  return select(vec2i(-1), source, on && source.x < i32(shape.height) && source.y < i32(shape.width));
}
