// Four neighbouring columns of B and C at once; for n divisible by 4.
@group(0) @binding(2) var<storage, read> B: array<vec4u>;
@group(0) @binding(3) var<storage, read_write> C: array<vec4f>;

fn loadColumns(row: u32, col: u32) -> vec4u {
  return B[(row * shape.n + col) / 4u];
}

fn storeColumns(row: u32, col: u32, values: vec4f) {
  if (row < shape.m && col < shape.n) { C[(row * shape.n + col) / 4u] = values; }
}
