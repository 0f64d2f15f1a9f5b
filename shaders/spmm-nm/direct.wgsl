// One workgroup computes a band of 32 rows × 8·GROUP_X columns, each invocation 4 × 8 elements in registers.
// The band shares its indices, so each row of X that is fetched serves all 32 rows.
const STEPS = BAND / 4;

@compute @workgroup_size(GROUP_X, STEPS)
fn main(@builtin(local_invocation_id) local: vec3u, @builtin(workgroup_id) group: vec3u) {
  let band = group.y;
  let a = group.x * (8 * GROUP_X) + local.x * 4;
  let b = a + 4 * GROUP_X;
  let safeA = clampColumn(a);
  let safeB = clampColumn(b);
  let stored = storedColumns();
  let words = (stored + 3) / 4;
  let last = shape.k - 1;
  var tile: Tile;
  var p = 0u;
  // Group by group instead of dividing p by the number kept.
  for (var left = 0u; left < shape.k; left += shape.group) {
    for (var i = 0u; i < shape.keep; i++) {
      // Beyond k the weights are zero, and any row of X will do.
      let row = min(left + placeOf(band, words, p), last);
      addOuter(&tile, values[(band * stored + p) * STEPS + local.y], loadX(row, safeA), loadX(row, safeB));
      p++;
    }
  }
  storeTile(&tile, band * BAND + local.y * 4, a, b);
}
