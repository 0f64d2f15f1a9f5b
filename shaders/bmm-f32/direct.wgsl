const ROW_STRIDE = GROUP_Y;
const COL_STRIDE = 4 * GROUP_X;

// Set once by main; the loaders that the register tile calls know no batch.
var<private> product: u32;
var<private> startA: u32;
var<private> startB: u32;

fn biasOfFour(row: u32, col: u32) -> vec4f {
  if (shape.bias == 1u) { return vec4f(); }
  let last = shape.n - 1u;
  let cols = min(vec4u(col, col + 1u, col + 2u, col + 3u), vec4u(last));
  return vec4f(biasAt(row, cols.x), biasAt(row, cols.y), biasAt(row, cols.z), biasAt(row, cols.w));
}

// What becomes of four finished sums of a row, for what of it is in C.
fn writeC(row: u32, col: u32, sums: vec4f) {
  if (row >= shape.m) { return; }
  let offset = bitcast<f32>(shape.betaBits) * biasOfFour(row, col);
  let values = activate4(bitcast<f32>(shape.alphaBits) * sums + offset);
  let start = (product * shape.m + row) * shape.n;
  if (col < shape.n) { C[start + col] = values.x; }
  if (col + 1u < shape.n) { C[start + col + 1u] = values.y; }
  if (col + 2u < shape.n) { C[start + col + 2u] = values.z; }
  if (col + 3u < shape.n) { C[start + col + 3u] = values.w; }
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
