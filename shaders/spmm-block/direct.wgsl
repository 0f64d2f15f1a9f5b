// One workgroup computes a block row × 8·GROUP_X columns, each invocation 4 × 8 elements in registers.
// Weights and X come straight from storage: caches serve the reuse, nothing waits at barriers.
const STEPS = BLOCK / 4;

@compute @workgroup_size(GROUP_X, STEPS)
fn main(@builtin(local_invocation_id) local: vec3u, @builtin(workgroup_id) group: vec3u) {
  let blockRow = rowOrder[group.y];
  let a = group.x * (8 * GROUP_X) + local.x * 4;
  let b = a + 4 * GROUP_X;
  let safeA = clampColumn(a);
  let safeB = clampColumn(b);
  let end = rowPtr[blockRow + 1];
  let last = shape.k - 1;
  var tile: Tile;
  for (var i = rowPtr[blockRow]; i < end; i++) {
    let first = colIdx[i] * BLOCK;
    let start = i * (BLOCK * STEPS) + local.y;
    for (var p = 0u; p < BLOCK; p++) {
      // Beyond k the weights are zero, and any row of X will do.
      let row = min(first + p, last);
      addOuter(&tile, values[start + p * STEPS], loadX(row, safeA), loadX(row, safeB));
    }
  }
  storeTile(&tile, blockRow * BLOCK + local.y * 4, a, b);
}
