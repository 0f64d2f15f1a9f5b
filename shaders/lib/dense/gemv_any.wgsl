// W and x element by element, for any k. Same functions as gemv_aligned.wgsl.
@group(0) @binding(1) var<storage, read> W: array<Element>;
@group(0) @binding(2) var<storage, read> x: array<Element>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

// W[row][k … k+3], zero past the end of the row. Rows past the end repeat the last one: their results are not stored.
fn readW(row: u32, k: u32) -> vec4f {
  let start = min(row, shape.n - 1u) * shape.k;
  let at = min(steps(k), vec4u(shape.k - 1u));
  let values = vec4<Element>(W[start + at.x], W[start + at.y], W[start + at.z], W[start + at.w]);
  return select(vec4f(), vec4f(values), steps(k) < vec4u(shape.k));
}

fn readX(k: u32) -> vec4f {
  let at = min(steps(k), vec4u(shape.k - 1u));
  let values = vec4<Element>(x[at.x], x[at.y], x[at.z], x[at.w]);
  return select(vec4f(), vec4f(values), steps(k) < vec4u(shape.k));
}

fn steps(k: u32) -> vec4u {
  return vec4u(k, k + 1u, k + 2u, k + 3u);
}
