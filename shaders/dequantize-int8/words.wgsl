// One invocation per word: four elements. Words of padding alone are left out.
@compute @workgroup_size(GROUP_X, GROUP_Y)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = id.y;
  let word = id.x;
  if (row >= shape.m || 4 * word >= shape.k) { return; }
  writeFour(row, 4 * word, vec4f(unpackI8(codes[row * 4 * quadsPerRow() + word])) * scales[row]);
}
