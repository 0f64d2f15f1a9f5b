@group(0) @binding(1) var<storage, read> X: array<f32>;
@group(0) @binding(2) var<storage, read> W: array<f32>;
@group(0) @binding(3) var<storage, read> bias: array<f32>;
@group(0) @binding(4) var<storage, read_write> Y: array<f32>;

// Stores what becomes of a finished sum at a pixel of Y.
fn finish(image: u32, filter_: u32, at: u32, sum: f32) {
  var value = sum;
  if (shape.bias == 2u) { value += bias[filter_]; }
  Y[(image * shape.filters + filter_) * pixels() + at] = activate(value);
}
