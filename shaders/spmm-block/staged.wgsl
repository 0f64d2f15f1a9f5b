// Like the register tile, with block and X staged in workgroup memory: each is read from storage once per workgroup.
const STEPS = BLOCK / 4;
const LANES = GROUP_X * STEPS;
const WIDTH = 2 * GROUP_X;

var<workgroup> stagedW: array<vec4f, BLOCK * STEPS>;
var<workgroup> stagedX: array<vec4f, BLOCK * WIDTH>;

@compute @workgroup_size(LANES)
fn main(@builtin(local_invocation_index) lane: u32, @builtin(workgroup_id) group: vec3u) {
  let x = lane % GROUP_X;
  let y = lane / GROUP_X;
  let blockRow = rowOrder[group.y];
  let left = group.x * (4 * WIDTH);
  let end = rowPtr[blockRow + 1];
  let last = shape.k - 1;
  var tile: Tile;
  for (var i = rowPtr[blockRow]; i < end; i++) {
    let first = colIdx[i] * BLOCK;
    workgroupBarrier();
    for (var at = lane; at < BLOCK * STEPS; at += LANES) {
      stagedW[at] = values[i * (BLOCK * STEPS) + at];
    }
    for (var at = lane; at < BLOCK * WIDTH; at += LANES) {
      // Beyond k the weights are zero, and any row of X will do.
      stagedX[at] = loadX(min(first + at / WIDTH, last), clampColumn(left + at % WIDTH * 4));
    }
    workgroupBarrier();
    for (var p = 0u; p < BLOCK; p++) {
      addOuter(&tile, stagedW[p * STEPS + y], stagedX[p * WIDTH + x], stagedX[p * WIDTH + x + GROUP_X]);
    }
  }
  storeTile(&tile, blockRow * BLOCK + y * 4, left + x * 4, left + (x + GROUP_X) * 4);
}
