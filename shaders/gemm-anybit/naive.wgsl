// One invocation per element of C takes one weight after the other out of its words.
@compute @workgroup_size(GROUP_X, GROUP_Y)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = id.y;
  let column = id.x;
  if (row >= shape.m || column >= shape.n) { return; }
  var sum = 0.0;
  for (var p = 0u; p < shape.k; p++) { sum += A[(row * shape.k + p) / 4u][p % 4u] * weightAt(p, column); }
  C[row * shape.n + column] = sum;
}
