// Rows of words for any n; columns past the end repeat the last one. Same function as words_aligned.wgsl.
@group(0) @binding(2) var<storage, read> W: array<u32>;

fn loadWords(row: u32, col: u32) -> vec4u {
  let at = vec4u(row * shape.n) + min(vec4u(col, col + 1u, col + 2u, col + 3u), vec4u(shape.n - 1u));
  return vec4u(W[at.x], W[at.y], W[at.z], W[at.w]);
}
