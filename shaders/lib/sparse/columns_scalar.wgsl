// Four neighbouring columns of X and C, one by one, for any n; columns_vec4.wgsl has the same functions for n divisible by 4.
alias ColumnElement = f32;

fn clampColumn(col: u32) -> u32 {
  return min(col, shape.n - 1);
}

fn loadX(row: u32, col: u32) -> vec4f {
  let start = row * shape.n;
  let last = shape.n - 1;
  return vec4f(X[start + col], X[start + min(col + 1, last)], X[start + min(col + 2, last)], X[start + min(col + 3, last)]);
}

fn storeC(row: u32, col: u32, value: vec4f) {
  if (row >= shape.m) { return; }
  for (var i = 0u; i < 4; i++) {
    if (col + i < shape.n) { C[row * shape.n + col + i] = value[i]; }
  }
}
