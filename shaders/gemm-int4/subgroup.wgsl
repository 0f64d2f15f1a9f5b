const ROW_STRIDE = 1;
const COL_STRIDE = 4 * THREADS;

// A[row][k … k+3]. Rows past the end repeat the last one: their results are not stored.
fn readA(row: u32, k: u32) -> vec4f { return activations((min(row, shape.m - 1u) * shape.k + k) / 4u); }

fn writeC(row: u32, col: u32, value: vec4f) {
  if (row < shape.m) { storeFour(row * shape.n, col, value); }
}

// All invocations of a workgroup share its rows of A: each row is loaded by one lane and broadcast to its subgroup, and
// each word of weights is decoded once for all of them. The loop is uniform, also where columns are past the end.
@compute @workgroup_size(THREADS)
fn main(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(subgroup_invocation_id) lane: u32,
) {
  let row = workgroup.y * THREAD_M;
  let mine = row + lane % LANES_PER_LOAD;
  let col = workgroup.x * THREADS * 4u + local * 4u;
  let wordsPerGroup = shape.groupSize / 8u;
  let groups = shape.k / shape.groupSize;
  var tile = Tile();
  for (var group = 0u; group < groups; group++) {
    let scale = loadScales(group, col);
    let zero = loadZeroPoints(group, col);
    for (var word = group * wordsPerGroup; word < (group + 1u) * wordsPerGroup; word++) {
      let words = loadWord(word / 4u, col, word % 4u);
      let k = (word / 4u) * 32u + (word % 4u) * 4u;
      multiplyAdd(&tile, mine, k, panelLow(words, zero, scale));
      multiplyAdd(&tile, mine, k + 16u, panelHigh(words, zero, scale));
    }
  }
  storeTile(&tile, row, col);
}
