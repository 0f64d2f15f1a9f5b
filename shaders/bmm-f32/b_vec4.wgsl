@group(0) @binding(2) var<storage, read> B: array<vec4f>;

// B[k][col … col+3] where n is a multiple of 4, zero past the last k. Columns past the end repeat the last four.
fn readB(k: u32, col: u32) -> vec4f {
  let value = B[(startB + min(k, shape.k - 1u) * shape.n + min(col, shape.n - 4u)) / 4u];
  return select(vec4f(), value, k < shape.k);
}
