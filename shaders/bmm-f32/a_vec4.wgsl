@group(0) @binding(1) var<storage, read> A: array<vec4f>;

// A[row][k … k+3] where k is a multiple of 4. Rows past the end repeat the last one: their results are not stored.
fn readA(row: u32, k: u32) -> vec4f {
  return A[(startA + min(row, shape.m - 1u) * shape.k + k) / 4u];
}
