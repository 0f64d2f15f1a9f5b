// Four neighbouring columns of B and C one by one; for any n. Beyond the last column it loads the last one again.
@group(0) @binding(2) var<storage, read> B: array<u32>;
@group(0) @binding(3) var<storage, read_write> C: array<f32>;

fn loadColumns(row: u32, col: u32) -> vec4u {
  let at = vec4u(row * shape.n) + min(vec4u(col) + vec4u(0u, 1u, 2u, 3u), vec4u(shape.n - 1u));
  return vec4u(B[at.x], B[at.y], B[at.z], B[at.w]);
}

fn storeColumns(row: u32, col: u32, values: vec4f) {
  if (row >= shape.m) { return; }
  let at = row * shape.n + col;
  if (col < shape.n) { C[at] = values.x; }
  if (col + 1u < shape.n) { C[at + 1u] = values.y; }
  if (col + 2u < shape.n) { C[at + 2u] = values.z; }
  if (col + 3u < shape.n) { C[at + 3u] = values.w; }
}
