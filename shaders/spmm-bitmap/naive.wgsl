// One invocation per element of C walks the set bits of its row.
@compute @workgroup_size(GROUP_X, GROUP_Y)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = id.y;
  let col = id.x;
  if (row >= shape.m || col >= shape.n) { return; }
  let words = wordsPerRow();
  var at = rowPtr[row];
  var sum = 0.0;
  for (var word = 0u; word < words; word++) {
    for (var left = bits[row * words + word]; left != 0; left &= left - 1) {
      sum += weightAt(at) * X[(32 * word + countTrailingZeros(left)) * shape.n + col];
      at++;
    }
  }
  C[row * shape.n + col] = sum;
}
