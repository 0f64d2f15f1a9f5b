@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> scale: array<f32>;
@group(0) @binding(3) var<storage, read> bias: array<f32>;
@group(0) @binding(4) var<storage, read> mean: array<f32>;
@group(0) @binding(5) var<storage, read> variance: array<f32>;
@group(0) @binding(6) var<storage, read_write> y: array<f32>;

fn element(i: u32) {
  if (i >= shape.outer * shape.channels * shape.spatial) { return; }
  let c = (i / shape.spatial) % shape.channels;
  y[i] = (x[i] - mean[c]) / sqrt(variance[c] + bitcast<f32>(shape.epsilon)) * scale[c] + bias[c];
}
