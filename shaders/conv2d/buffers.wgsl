@group(0) @binding(1) var<storage, read> X: array<f32>;
@group(0) @binding(2) var<storage, read> W: array<f32>;
@group(0) @binding(3) var<storage, read> bias: array<f32>;
@group(0) @binding(4) var<storage, read_write> Y: array<f32>;

// Channels of X and filters that belong to one group.
fn channelsPerGroup() -> u32 { return shape.channels / shape.groups; }
fn filtersPerGroup() -> u32 { return shape.filters / shape.groups; }
fn window() -> u32 { return shape.kernelHeight * shape.kernelWidth; }
fn pixels() -> u32 { return shape.outHeight * shape.outWidth; }

// Row and column of X under the first element of the window of output pixel `at`; negative in the padding.
fn cornerOf(at: u32) -> vec2i {
  let y = at / shape.outWidth * shape.strideY;
  let x = at % shape.outWidth * shape.strideX;
  return vec2i(i32(y) + 1 - i32(shape.top), i32(x) + 1 - i32(shape.left));
}

// X at row and column of a plane, zero in the padding.
fn inputAt(plane: u32, y: i32, x: i32) -> f32 {
  let inside = y >= 0 && x >= 0 && y < i32(shape.height) && x < i32(shape.width);
  let at = (plane * shape.height + u32(max(y, 0))) * shape.width + u32(max(x, 0));
  return select(0.0, X[select(0u, at, inside)], inside);
}

// Stores what becomes of a finished sum, where the pixel is in Y.
fn finish(image: u32, filter_: u32, at: u32, sum: f32) {
  if (at >= pixels()) { return; }
  var value = sum;
  if (shape.bias == 2u) { value += bias[filter_]; }
  Y[(image * shape.filters + filter_) * pixels() + at] = activate(value);
}
