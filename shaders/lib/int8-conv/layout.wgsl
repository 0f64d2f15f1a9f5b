// X as batch × groups × words × height × width, W as filters × words × window: four channels of a group to a word.
fn channelsPerGroup() -> u32 { return shape.channels / shape.groups; }
fn filtersPerGroup() -> u32 { return shape.filters / shape.groups; }
fn wordsPerGroup() -> u32 { return (channelsPerGroup() + 3u) / 4u; }
fn window() -> u32 { return shape.kernelHeight * shape.kernelWidth; }
fn pixels() -> u32 { return shape.outHeight * shape.outWidth; }

// Row and column of X under the first element of the window of output pixel `at`; negative in the padding.
fn cornerOf(at: u32) -> vec2i {
  let y = at / shape.outWidth * shape.strideY;
  let x = at % shape.outWidth * shape.strideX;
  return vec2i(i32(y) + 1 - i32(shape.top), i32(x) + 1 - i32(shape.left));
}

// The zero point among codes that were moved to signed bytes.
fn zeroPoint() -> i32 { return zero[0] - i32(shape.moved); }

// Stores four pixels of one filter, for those in Y. Σ(x − z)·w = Σx·w − z·Σw, the padding being z itself.
fn storeFour(image: u32, filter_: u32, endFilter: u32, places: vec4u, sums: vec4i) {
  if (filter_ >= endFilter) { return; }
  let values = finish(filter_, sums - vec4i(zeroPoint() * weightSums[filter_]));
  let start = (image * shape.filters + filter_) * pixels();
  if (places.x < pixels()) { Y[start + places.x] = values.x; }
  if (places.y < pixels()) { Y[start + places.y] = values.y; }
  if (places.z < pixels()) { Y[start + places.z] = values.z; }
  if (places.w < pixels()) { Y[start + places.w] = values.w; }
}
