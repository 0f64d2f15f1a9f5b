const ROW_STRIDE = GROUP_Y;
const COL_STRIDE = 4 * GROUP_X;
const TILE_M = GROUP_Y * THREAD_M;
const INVOCATIONS = GROUP_X * GROUP_Y;

// 32 steps of k: rows of A as vectors along k, decoded weights as vectors along n.
var<workgroup> tileA: array<vec4f, TILE_M * 8>;
var<workgroup> tileB: array<vec4f, 32 * GROUP_X>;

fn readA(row: u32, k: u32) -> vec4f { return tileA[row * 8u + k / 4u]; }
fn readB(k: u32, col: u32) -> vec4f { return tileB[k * GROUP_X + col / 4u]; }

fn writeC(row: u32, col: u32, value: vec4f) {
  if (row < shape.m) { storeFour(row * shape.n, col, value); }
}

fn fillA(index: u32, firstRow: u32, k: u32) {
  for (var i = index; i < TILE_M * 8u; i += INVOCATIONS) {
    let row = min(firstRow + i / 8u, shape.m - 1u);
    tileA[i] = activations((row * shape.k + k) / 4u + i % 8u);
  }
}

// One item is step j of word w for four columns: a weight in the low nibbles, and the one 16 further in the high ones.
fn fillB(index: u32, firstCol: u32, block: u32) {
  let group = block * 32u / shape.groupSize;
  for (var i = index; i < 16u * GROUP_X; i += INVOCATIONS) {
    let col = firstCol + 4u * (i % GROUP_X);
    let step = i / GROUP_X;
    let words = loadWord(block, col, step / 4u) >> vec4u(8u * (step % 4u));
    let scale = loadScales(group, col);
    let zero = loadZeroPoints(group, col);
    tileB[step * GROUP_X + i % GROUP_X] = decode(words & vec4u(15), zero) * scale;
    tileB[(step + 16u) * GROUP_X + i % GROUP_X] = decode((words >> vec4u(4)) & vec4u(15), zero) * scale;
  }
}

// The workgroup decodes a tile of weights into shared memory once for all of its rows.
@compute @workgroup_size(GROUP_X, GROUP_Y)
fn main(
  @builtin(local_invocation_index) index: u32,
  @builtin(local_invocation_id) local: vec3u,
  @builtin(workgroup_id) workgroup: vec3u,
) {
  let firstRow = workgroup.y * TILE_M;
  let firstCol = workgroup.x * GROUP_X * 4u;
  let blocks = shape.k / 32u;
  var tile = Tile();
  for (var block = 0u; block < blocks; block++) {
    fillA(index, firstRow, block * 32u);
    fillB(index, firstCol, block);
    workgroupBarrier();
    for (var step = 0u; step < 8u; step++) {
      multiplyAdd(&tile, local.y, local.x * 4u, step * 4u);
    }
    workgroupBarrier();
  }
  storeTile(&tile, firstRow + local.y, firstCol + local.x * 4u);
}
