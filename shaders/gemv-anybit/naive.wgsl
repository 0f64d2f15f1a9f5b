// One invocation per output takes one weight after the other out of its words.
@compute @workgroup_size(GROUP_X)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let column = id.x;
  if (column >= shape.n) { return; }
  var sum = 0.0;
  for (var p = 0u; p < shape.k; p++) { sum += A[p / 4u][p % 4u] * weightAt(p, column); }
  C[column] = sum;
}
