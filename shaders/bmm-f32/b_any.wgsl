@group(0) @binding(2) var<storage, read> B: array<f32>;

// B[k][col … col+3], zero past the last k. Columns past the end repeat the last one.
fn readB(k: u32, col: u32) -> vec4f {
  let row = min(k, shape.k - 1u);
  let at = min(vec4u(col, col + 1u, col + 2u, col + 3u), vec4u(shape.n - 1u));
  let values = vec4f(
    B[startB + placeInB(row, at.x)],
    B[startB + placeInB(row, at.y)],
    B[startB + placeInB(row, at.z)],
    B[startB + placeInB(row, at.w)],
  );
  return select(vec4f(), values, k < shape.k);
}
