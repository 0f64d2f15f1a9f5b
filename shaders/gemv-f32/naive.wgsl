@group(0) @binding(1) var<storage, read> W: array<f32>;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

// One invocation per row; neighbours read addresses a whole row apart.
@compute @workgroup_size(THREADS)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = id.x;
  if (row >= shape.n) { return; }
  var sum = 0.0;
  for (var k = 0u; k < shape.k; k++) {
    sum += W[row * shape.k + k] * x[k];
  }
  y[row] = sum;
}
