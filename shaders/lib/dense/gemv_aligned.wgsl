// W and x in vectors of four, for k that is a multiple of 4. Same functions as gemv_any.wgsl.
@group(0) @binding(1) var<storage, read> W: array<vec4<Element>>;
@group(0) @binding(2) var<storage, read> x: array<vec4<Element>>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

// W[row][k … k+3] for k < shape.k, a multiple of 4. Rows past the end repeat the last one: their results are not stored.
fn readW(row: u32, k: u32) -> vec4f {
  return vec4f(W[(min(row, shape.n - 1u) * shape.k + k) / 4u]);
}

fn readX(k: u32) -> vec4f {
  return vec4f(x[k / 4u]);
}
