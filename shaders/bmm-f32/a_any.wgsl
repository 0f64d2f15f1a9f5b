@group(0) @binding(1) var<storage, read> A: array<f32>;

// A[row][k … k+3], zero past the last k. Rows past the end repeat the last one: their results are not stored.
fn readA(row: u32, k: u32) -> vec4f {
  let ks = vec4u(k, k + 1u, k + 2u, k + 3u);
  let at = min(ks, vec4u(shape.k - 1u));
  let inside = min(row, shape.m - 1u);
  let values = vec4f(
    A[startA + placeInA(inside, at.x)],
    A[startA + placeInA(inside, at.y)],
    A[startA + placeInA(inside, at.z)],
    A[startA + placeInA(inside, at.w)],
  );
  return select(vec4f(), values, ks < vec4u(shape.k));
}
