// Rows of words for n a multiple of 4: one load brings the word of four columns. Same function as words_any.wgsl.
@group(0) @binding(2) var<storage, read> W: array<vec4u>;

fn loadWords(row: u32, col: u32) -> vec4u { return W[(row * shape.n + min(col, shape.n - 4u)) / 4u]; }
