// Register tile of 4 rows × 8 columns: an outer product of one column of W and one row of X per step.
// `fma` written out ran about 1.2 times as fast as a product and a sum on lavapipe (512³), which does not fuse them.
// Two groups of four columns lie apart, so that neighbouring invocations read neighbouring vec4s.
struct Tile {
  a0: vec4f, a1: vec4f, a2: vec4f, a3: vec4f,
  b0: vec4f, b1: vec4f, b2: vec4f, b3: vec4f,
}

// Adds w ⊗ (x | y): four weights of one column of W times four and four columns of a row of X.
fn addOuter(tile: ptr<function, Tile>, w: vec4f, x: vec4f, y: vec4f) {
  (*tile).a0 = fma(vec4f(w.x), x, (*tile).a0);
  (*tile).a1 = fma(vec4f(w.y), x, (*tile).a1);
  (*tile).a2 = fma(vec4f(w.z), x, (*tile).a2);
  (*tile).a3 = fma(vec4f(w.w), x, (*tile).a3);
  (*tile).b0 = fma(vec4f(w.x), y, (*tile).b0);
  (*tile).b1 = fma(vec4f(w.y), y, (*tile).b1);
  (*tile).b2 = fma(vec4f(w.z), y, (*tile).b2);
  (*tile).b3 = fma(vec4f(w.w), y, (*tile).b3);
}

// Stores rows row … row+3 at columns a … a+3 and b … b+3; what lies beyond C is dropped.
fn storeTile(tile: ptr<function, Tile>, row: u32, a: u32, b: u32) {
  storeC(row, a, (*tile).a0);
  storeC(row + 1, a, (*tile).a1);
  storeC(row + 2, a, (*tile).a2);
  storeC(row + 3, a, (*tile).a3);
  storeC(row, b, (*tile).b0);
  storeC(row + 1, b, (*tile).b1);
  storeC(row + 2, b, (*tile).b2);
  storeC(row + 3, b, (*tile).b3);
}
