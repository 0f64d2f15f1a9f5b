// One workgroup computes 16 rows of a block row × 4·THREADS columns, each invocation 16 × 4 elements in registers.
// All of a workgroup need the same weights: four lanes load four each and broadcast them to their subgroup.
// The loops are uniform: no invocation leaves early, not even where its columns are past the end.
const QUADS = BLOCK / 4;
const STRIPS = BLOCK / 16;

@compute @workgroup_size(THREADS)
fn main(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3u,
  @builtin(subgroup_invocation_id) lane: u32,
) {
  let blockRow = rowOrder[group.y / STRIPS];
  let strip = group.y % STRIPS;
  let col = (group.x * THREADS + local) * 4;
  let safeCol = clampColumn(col);
  let end = rowPtr[blockRow + 1];
  let last = shape.k - 1;
  var c0 = vec4f(); var c1 = vec4f(); var c2 = vec4f(); var c3 = vec4f();
  var c4 = vec4f(); var c5 = vec4f(); var c6 = vec4f(); var c7 = vec4f();
  var c8 = vec4f(); var c9 = vec4f(); var c10 = vec4f(); var c11 = vec4f();
  var c12 = vec4f(); var c13 = vec4f(); var c14 = vec4f(); var c15 = vec4f();
  for (var i = rowPtr[blockRow]; i < end; i++) {
    let first = colIdx[i] * BLOCK;
    let start = i * (BLOCK * QUADS) + strip * 4 + lane % 4;
    for (var p = 0u; p < BLOCK; p++) {
      let mine = values[start + p * QUADS];
      // Beyond k the weights are zero, and any row of X will do.
      let x = loadX(min(first + p, last), safeCol);
      let w0 = subgroupBroadcast(mine, 0u);
      let w1 = subgroupBroadcast(mine, 1u);
      let w2 = subgroupBroadcast(mine, 2u);
      let w3 = subgroupBroadcast(mine, 3u);
      c0 = fma(vec4f(w0.x), x, c0);
      c1 = fma(vec4f(w0.y), x, c1);
      c2 = fma(vec4f(w0.z), x, c2);
      c3 = fma(vec4f(w0.w), x, c3);
      c4 = fma(vec4f(w1.x), x, c4);
      c5 = fma(vec4f(w1.y), x, c5);
      c6 = fma(vec4f(w1.z), x, c6);
      c7 = fma(vec4f(w1.w), x, c7);
      c8 = fma(vec4f(w2.x), x, c8);
      c9 = fma(vec4f(w2.y), x, c9);
      c10 = fma(vec4f(w2.z), x, c10);
      c11 = fma(vec4f(w2.w), x, c11);
      c12 = fma(vec4f(w3.x), x, c12);
      c13 = fma(vec4f(w3.y), x, c13);
      c14 = fma(vec4f(w3.z), x, c14);
      c15 = fma(vec4f(w3.w), x, c15);
    }
  }
  let row = blockRow * BLOCK + strip * 16;
  storeC(row + 0, col, c0);
  storeC(row + 1, col, c1);
  storeC(row + 2, col, c2);
  storeC(row + 3, col, c3);
  storeC(row + 4, col, c4);
  storeC(row + 5, col, c5);
  storeC(row + 6, col, c6);
  storeC(row + 7, col, c7);
  storeC(row + 8, col, c8);
  storeC(row + 9, col, c9);
  storeC(row + 10, col, c10);
  storeC(row + 11, col, c11);
  storeC(row + 12, col, c12);
  storeC(row + 13, col, c13);
  storeC(row + 14, col, c14);
  storeC(row + 15, col, c15);
}
