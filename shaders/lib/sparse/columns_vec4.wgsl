// Four neighbouring columns of X and C at once. Needs n divisible by 4: then every row starts at a whole vec4.
// The same functions stand in columns_scalar.wgsl for other n. A caller clamps a column once, outside its loop.
alias ColumnElement = vec4f;

fn clampColumn(col: u32) -> u32 {
  return min(col, shape.n - 4);
}

fn loadX(row: u32, col: u32) -> vec4f {
  return X[(row * shape.n + col) / 4];
}

fn storeC(row: u32, col: u32, value: vec4f) {
  if (row < shape.m && col < shape.n) { C[(row * shape.n + col) / 4] = value; }
}
