const ROW_STRIDE = GROUP_Y;
const COL_STRIDE = 4 * GROUP_X;

// A[row][k … k+3]. Rows past the end repeat the last one: their results are not stored.
fn readA(row: u32, k: u32) -> vec4f { return activations((min(row, shape.m - 1u) * shape.k + k) / 4u); }

fn writeC(row: u32, col: u32, value: vec4f) {
  if (row < shape.m) { storeFour(row * shape.n, col, value); }
}

// A tile of C in the registers of each invocation: weights are decoded once for all of its rows, and never leave registers.
@compute @workgroup_size(GROUP_X, GROUP_Y)
fn main(@builtin(local_invocation_id) local: vec3u, @builtin(workgroup_id) workgroup: vec3u) {
  let row = workgroup.y * GROUP_Y * THREAD_M + local.y;
  let col = workgroup.x * GROUP_X * 4u + local.x * 4u;
  let blocksPerGroup = shape.groupSize / 32u;
  let groups = shape.k / shape.groupSize;
  var tile = Tile();
  for (var group = 0u; group < groups; group++) {
    let scale = loadScales(group, col);
    let zero = loadZeroPoints(group, col);
    for (var block = group * blocksPerGroup; block < (group + 1u) * blocksPerGroup; block++) {
      for (var word = 0u; word < 4u; word++) {
        let words = loadWord(block, col, word);
        let k = block * 32u + word * 4u;
        multiplyAdd(&tile, row, k, panelLow(words, zero, scale));
        multiplyAdd(&tile, row, k + 16u, panelHigh(words, zero, scale));
      }
    }
  }
  storeTile(&tile, row, col);
}
