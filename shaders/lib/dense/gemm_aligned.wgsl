// A, B and C in vectors of four, for k and n that are multiples of 4. Same functions as gemm_any.wgsl.
@group(0) @binding(1) var<storage, read> A: array<vec4<Element>>;
@group(0) @binding(2) var<storage, read> B: array<vec4<Element>>;
@group(0) @binding(3) var<storage, read_write> C: array<vec4f>;

// A[row][k … k+3] for k < shape.k, a multiple of 4. Rows past the end repeat the last one: their results are not stored.
fn loadA(row: u32, k: u32) -> vec4<Element> {
  return A[(min(row, shape.m - 1u) * shape.k + k) / 4u];
}

// B[k][col … col+3] for k < shape.k and col a multiple of 4. Columns past the end repeat the last four.
fn loadB(k: u32, col: u32) -> vec4<Element> {
  return B[(k * shape.n + min(col, shape.n - 4u)) / 4u];
}

// C[row][col … col+3], for what of it is in C.
fn writeC(row: u32, col: u32, value: vec4f) {
  if (row < shape.m && col < shape.n) { C[(row * shape.n + col) / 4u] = value; }
}
