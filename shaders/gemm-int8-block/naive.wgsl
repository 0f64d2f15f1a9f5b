// One invocation per element of C: an exact sum per block, scaled and added in f32.
@compute @workgroup_size(GROUP_X, GROUP_Y)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = id.y;
  let col = id.x;
  if (row >= shape.m || col >= shape.n) { return; }
  let blocks = blocksPerRow();
  var total = 0.0;
  for (var part = 0u; part < blocks; part++) {
    let blockA = row * blocks + part;
    let blockB = col * blocks + part;
    var sum = 0i;
    for (var quad = 0u; quad < BLOCK_QUADS; quad++) {
      sum += dot16(codesA[blockA * BLOCK_QUADS + quad], codesB[blockB * BLOCK_QUADS + quad]);
    }
    total += f32(sum) * (scalesA[blockA] * scalesB[blockB]);
  }
  C[row * shape.n + col] = total;
}
