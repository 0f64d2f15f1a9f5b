fn pixels() -> u32 { return shape.outHeight * shape.outWidth; }

// Row and column of X under the first element of the window of output pixel `at`; negative in the padding.
fn cornerOf(at: u32) -> vec2i {
  let y = at / shape.outWidth * shape.strideY;
  let x = at % shape.outWidth * shape.strideX;
  return vec2i(i32(y) + 1 - i32(shape.top), i32(x) + 1 - i32(shape.left));
}
