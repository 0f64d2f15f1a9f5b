@group(0) @binding(1) var<storage, read> values: array<f32>;
@group(0) @binding(2) var<storage, read> indices: array<u32>;
@group(0) @binding(3) var<storage, read> X: array<f32>;
@group(0) @binding(4) var<storage, read_write> C: array<f32>;

// One invocation per element of C walks the stored columns of its row's band.
@compute @workgroup_size(GROUP_X, GROUP_Y)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = id.y;
  let col = id.x;
  if (row >= shape.m || col >= shape.n) { return; }
  let band = row / BAND;
  let stored = storedColumns();
  let words = (stored + 3) / 4;
  var sum = 0.0;
  for (var p = 0u; p < stored; p++) {
    let column = p / shape.keep * shape.group + placeOf(band, words, p);
    // Beyond k the weights are zero, and any row of X will do.
    sum += values[(band * stored + p) * BAND + row % BAND] * X[min(column, shape.k - 1) * shape.n + col];
  }
  C[row * shape.n + col] = sum;
}
