// A strip of 16 columns of one row of C in registers: four groups of four, GROUP_X·4 columns apart, so that
// neighbouring invocations read neighbouring vec4s.
struct Strip { a: vec4f, b: vec4f, c: vec4f, d: vec4f }

// First columns of the strip's groups, clamped so that they may be read.
fn stripColumns(first: u32) -> vec4u {
  return vec4u(
    clampColumn(first),
    clampColumn(first + 4 * GROUP_X),
    clampColumn(first + 8 * GROUP_X),
    clampColumn(first + 12 * GROUP_X),
  );
}

// Adds weight · X[row] at the strip's columns.
fn addScaled(strip: ptr<function, Strip>, weight: f32, row: u32, columns: vec4u) {
  let factor = vec4f(weight);
  (*strip).a = fma(factor, loadX(row, columns.x), (*strip).a);
  (*strip).b = fma(factor, loadX(row, columns.y), (*strip).b);
  (*strip).c = fma(factor, loadX(row, columns.z), (*strip).c);
  (*strip).d = fma(factor, loadX(row, columns.w), (*strip).d);
}

// Stores the strip that begins at column `first`; what lies beyond C is dropped.
fn storeStrip(strip: ptr<function, Strip>, row: u32, first: u32) {
  storeC(row, first, (*strip).a);
  storeC(row, first + 4 * GROUP_X, (*strip).b);
  storeC(row, first + 8 * GROUP_X, (*strip).c);
  storeC(row, first + 12 * GROUP_X, (*strip).d);
}
