const ROW_STRIDE = GROUP_Y;
const COL_STRIDE = 4 * GROUP_X;

// Set once by main; the loaders that the register tile calls know no batch.
var<private> product: u32;
var<private> startA: u32;
var<private> startB: u32;

fn writeC(row: u32, col: u32, value: vec4f) {
  finish(product, row, col, value.x);
  finish(product, row, col + 1u, value.y);
  finish(product, row, col + 2u, value.z);
  finish(product, row, col + 3u, value.w);
}

@compute @workgroup_size(GROUP_X, GROUP_Y)
fn main(@builtin(local_invocation_id) local: vec3u, @builtin(workgroup_id) group: vec3u) {
  product = group.z;
  startA = startOfA(group.z);
  startB = startOfB(group.z);
  let row = group.y * GROUP_Y * THREAD_M + local.y;
  let col = group.x * GROUP_X * THREAD_N + local.x * 4u;
  var tile = Tile();
  for (var k = 0u; k < shape.k; k += 4u) {
    multiplyAdd(&tile, row, col, k);
  }
  storeTile(&tile, row, col);
}
