@group(0) @binding(1) var<storage, read> values: array<u32>;
@group(0) @binding(2) var<storage, read> indices: array<u32>;
@group(0) @binding(3) var<storage, read> X: array<f32>;
@group(0) @binding(4) var<storage, read_write> C: array<f32>;

// One invocation per element of C walks the groups of its row.
@compute @workgroup_size(GROUP_X, GROUP_Y)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = id.y;
  let col = id.x;
  if (row >= shape.m || col >= shape.n) { return; }
  let padded = (shape.k + 31) / 32 * 8;
  let groups = (shape.k + 3) / 4;
  let last = shape.k - 1;
  var sum = 0.0;
  for (var g = 0u; g < groups; g++) {
    let at = row * padded + g;
    let pair = unpack2x16float(values[at]);
    let places = indices[at / 8] >> (4 * (at % 8));
    // Beyond k the weights are zero, and any row of X will do.
    sum += pair.x * X[min(4 * g + (places & 3), last) * shape.n + col];
    sum += pair.y * X[min(4 * g + ((places >> 2) & 3), last) * shape.n + col];
  }
  C[row * shape.n + col] = sum;
}
