// The loader gathers the rows of X that the band needs into a compact tile in workgroup memory;
// after that the inner loop is that of a dense product.
const STEPS = BAND / 4;
const LANES = GROUP_X * STEPS;
const WIDTH = 2 * GROUP_X;

var<workgroup> stagedW: array<vec4f, TILE_K * STEPS>;
var<workgroup> stagedX: array<vec4f, TILE_K * WIDTH>;

@compute @workgroup_size(LANES)
fn main(@builtin(local_invocation_index) lane: u32, @builtin(workgroup_id) group: vec3u) {
  let x = lane % GROUP_X;
  let y = lane / GROUP_X;
  let band = group.y;
  let left = group.x * (4 * WIDTH);
  let stored = storedColumns();
  let words = (stored + 3) / 4;
  var tile: Tile;
  for (var first = 0u; first < stored; first += TILE_K) {
    workgroupBarrier();
    for (var at = lane; at < TILE_K * STEPS; at += LANES) {
      // Past the last stored column the weights are zero, and any row of X will do; so too beyond k.
      let p = first + at / STEPS;
      stagedW[at] = select(vec4f(), values[(band * stored + min(p, stored - 1)) * STEPS + at % STEPS], p < stored);
    }
    for (var at = lane; at < TILE_K * WIDTH; at += LANES) {
      let p = min(first + at / WIDTH, stored - 1);
      let row = min(p / shape.keep * shape.group + placeOf(band, words, p), shape.k - 1);
      stagedX[at] = loadX(row, clampColumn(left + at % WIDTH * 4));
    }
    workgroupBarrier();
    for (var p = 0u; p < TILE_K; p++) {
      addOuter(&tile, stagedW[p * STEPS + y], stagedX[p * WIDTH + x], stagedX[p * WIDTH + x + GROUP_X]);
    }
  }
  storeTile(&tile, band * BAND + y * 4, left + x * 4, left + (x + GROUP_X) * 4);
}
