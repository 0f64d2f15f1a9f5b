@group(0) @binding(1) var<storage, read> X: array<f32>;
@group(0) @binding(2) var<storage, read> W: array<f32>;
@group(0) @binding(3) var<storage, read> bias: array<f32>;
@group(0) @binding(4) var<storage, read_write> Y: array<f32>;

fn channelsPerGroup() -> u32 { return shape.channels / shape.groups; }
fn filtersPerGroup() -> u32 { return shape.filters / shape.groups; }
fn window() -> u32 { return shape.kernelHeight * shape.kernelWidth; }
fn pixels() -> u32 { return shape.outHeight * shape.outWidth; }

// The pixel of X whose window has element (v, u) on output pixel `at`, or a negative one where there is none.
fn sourceOf(at: u32, v: u32, u: u32) -> vec2i {
  let y = i32(at / shape.outWidth) + i32(shape.top) - 1 - i32(v * shape.dilationY);
  let x = i32(at % shape.outWidth) + i32(shape.left) - 1 - i32(u * shape.dilationX);
  let strides = vec2i(i32(shape.strideY), i32(shape.strideX));
  let source = vec2i(y, x) / strides;
  let on = y >= 0 && x >= 0 && all(source * strides == vec2i(y, x));
  return select(vec2i(-1), source, on && source.x < i32(shape.height) && source.y < i32(shape.width));
}

fn finish(image: u32, filter_: u32, at: u32, sum: f32) {
  var value = sum;
  if (shape.bias == 2u) { value += bias[filter_]; }
  Y[(image * shape.filters + filter_) * pixels() + at] = activate(value);
}
