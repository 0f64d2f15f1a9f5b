@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> scale: array<f32>;
@group(0) @binding(3) var<storage, read> bias: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;
@group(0) @binding(5) var<storage, read_write> mean: array<f32>;
@group(0) @binding(6) var<storage, read_write> inverse: array<f32>;

fn sumOf(row: u32, first: u32, by: u32) -> f32 {
  var sum = 0.0;
  for (var i = first; i < shape.length; i += by) { sum += x[row * shape.length + i]; }
  return sum;
}

// Of squares of what is left without the mean: a second pass, since Σx² − n·mean² would cancel.
fn squaresOf(row: u32, centre: f32, first: u32, by: u32) -> f32 {
  var sum = 0.0;
  for (var i = first; i < shape.length; i += by) {
    let d = x[row * shape.length + i] - centre;
    sum += d * d;
  }
  return sum;
}

fn inverseOf(squares: f32) -> f32 {
  return inverseSqrt(squares / f32(shape.length) + bitcast<f32>(shape.epsilon));
}

fn write(row: u32, centre: f32, factor: f32, first: u32, by: u32) {
  for (var i = first; i < shape.length; i += by) {
    let at = row * shape.length + i;
    let c = ((row % shape.groups) * shape.length + i) / shape.spatial;
    y[at] = (x[at] - centre) * factor * scale[c] + bias[c];
  }
  if (first == 0u) {
    mean[row] = centre;
    inverse[row] = factor;
  }
}
