// A, B and C element by element, for any k and n. Same functions as gemm_aligned.wgsl.
@group(0) @binding(1) var<storage, read> A: array<Element>;
@group(0) @binding(2) var<storage, read> B: array<Element>;
@group(0) @binding(3) var<storage, read_write> C: array<f32>;

// A[row][k … k+3], zero past the end of the row. Rows past the end repeat the last one: their results are not stored.
fn loadA(row: u32, k: u32) -> vec4<Element> {
  let start = min(row, shape.m - 1u) * shape.k;
  let at = min(vec4u(k, k + 1u, k + 2u, k + 3u), vec4u(shape.k - 1u));
  let values = vec4<Element>(A[start + at.x], A[start + at.y], A[start + at.z], A[start + at.w]);
  return select(vec4<Element>(), values, vec4u(k, k + 1u, k + 2u, k + 3u) < vec4u(shape.k));
}

// B[k][col … col+3], zero past the last row. Columns past the end repeat the last one.
fn loadB(k: u32, col: u32) -> vec4<Element> {
  let start = min(k, shape.k - 1u) * shape.n;
  let at = min(vec4u(col, col + 1u, col + 2u, col + 3u), vec4u(shape.n - 1u));
  let values = vec4<Element>(B[start + at.x], B[start + at.y], B[start + at.z], B[start + at.w]);
  return select(vec4<Element>(), values, k < shape.k);
}

// C[row][col … col+3], for what of it is in C.
fn writeC(row: u32, col: u32, value: vec4f) {
  if (row >= shape.m) { return; }
  let start = row * shape.n;
  if (col < shape.n) { C[start + col] = value.x; }
  if (col + 1u < shape.n) { C[start + col + 1u] = value.y; }
  if (col + 2u < shape.n) { C[start + col + 2u] = value.z; }
  if (col + 3u < shape.n) { C[start + col + 3u] = value.w; }
}
