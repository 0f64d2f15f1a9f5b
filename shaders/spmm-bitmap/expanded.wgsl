// The workgroup expands a tile of 32 rows × 32 columns of W into dense form in workgroup memory and multiplies it
// as if it were dense. Counting the ones below a bit tells where its weight stands.
const TILE = 32;
const STEPS = TILE / 4;
const LANES = GROUP_X * STEPS;
const WIDTH = 2 * GROUP_X;
// Each invocation expands a segment of one row's word.
const SEGMENT = TILE * TILE / LANES;

var<workgroup> expandedW: array<f32, TILE * TILE>;
var<workgroup> stagedX: array<vec4f, TILE * WIDTH>;

@compute @workgroup_size(LANES)
fn main(@builtin(local_invocation_index) lane: u32, @builtin(workgroup_id) group: vec3u) {
  let x = lane % GROUP_X;
  let y = lane / GROUP_X;
  let left = group.x * (4 * WIDTH);
  let words = wordsPerRow();
  let own = lane % TILE;
  let segment = lane / TILE * SEGMENT;
  let row = group.y * TILE + own;
  let inside = row < shape.m;
  let safeRow = min(row, shape.m - 1);
  // First weight of the row's current word.
  var start = rowPtr[safeRow];
  var tile: Tile;
  for (var word = 0u; word < words; word++) {
    let mask = select(0u, bits[safeRow * words + word], inside);
    var at = start + countOneBits(extractBits(mask, 0, segment));
    workgroupBarrier();
    for (var i = 0u; i < SEGMENT; i++) {
      let kept = (mask >> (segment + i)) & 1;
      // Where nothing is kept, `at` may be one past the last weight; the read is dropped.
      expandedW[(segment + i) * TILE + own] = select(0.0, weightAt(at), kept == 1);
      at += kept;
    }
    for (var i = lane; i < TILE * WIDTH; i += LANES) {
      // Beyond k no bit is set, and any row of X will do.
      stagedX[i] = loadX(min(word * TILE + i / WIDTH, shape.k - 1), clampColumn(left + i % WIDTH * 4));
    }
    start += countOneBits(mask);
    workgroupBarrier();
    for (var p = 0u; p < TILE; p++) {
      let w = p * TILE + y * 4;
      let weights = vec4f(expandedW[w], expandedW[w + 1], expandedW[w + 2], expandedW[w + 3]);
      addOuter(&tile, weights, stagedX[p * WIDTH + x], stagedX[p * WIDTH + x + GROUP_X]);
    }
  }
  storeTile(&tile, group.y * TILE + y * 4, left + x * 4, left + (x + GROUP_X) * 4);
}
