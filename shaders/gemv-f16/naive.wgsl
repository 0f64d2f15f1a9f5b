// One invocation per row; neighbours read addresses a whole row apart.
@compute @workgroup_size(THREADS)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = id.x;
  if (row >= shape.n) { return; }
  var sum = 0.0;
  for (var k = 0u; k < shape.k; k += 4u) { sum += dot(readW(row, k), readX(k)); }
  y[row] = sum;
}
