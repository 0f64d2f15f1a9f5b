// Weights of four neighbouring columns, as vectors along n: what one vec4<u32> load per column brings, turned by naming.
struct Blocks { x: vec4u, y: vec4u, z: vec4u, w: vec4u }

// Word by word of block row `block` for columns col … col+3; columns past the end repeat the last one.
fn loadBlocks(block: u32, col: u32) -> Blocks {
  let start = block * shape.n;
  let last = shape.n - 1u;
  let a = W[start + min(col, last)];
  let b = W[start + min(col + 1u, last)];
  let c = W[start + min(col + 2u, last)];
  let d = W[start + min(col + 3u, last)];
  return Blocks(vec4u(a.x, b.x, c.x, d.x), vec4u(a.y, b.y, c.y, d.y), vec4u(a.z, b.z, c.z, d.z), vec4u(a.w, b.w, c.w, d.w));
}

// One word of the same four blocks.
fn loadWord(block: u32, col: u32, word: u32) -> vec4u {
  let start = block * shape.n;
  let last = shape.n - 1u;
  return vec4u(W[start + min(col, last)][word], W[start + min(col + 1u, last)][word],
    W[start + min(col + 2u, last)][word], W[start + min(col + 3u, last)][word]);
}

// Scales of a group for columns col … col+3.
fn loadScales(group: u32, col: u32) -> vec4f {
  let start = group * shape.n;
  let last = shape.n - 1u;
  return vec4f(scaleAt(start + min(col, last)), scaleAt(start + min(col + 1u, last)),
    scaleAt(start + min(col + 2u, last)), scaleAt(start + min(col + 3u, last)));
}

fn loadZeroPoints(group: u32, col: u32) -> vec4f {
  let last = shape.n - 1u;
  return vec4f(zeroPointAt(group, min(col, last)), zeroPointAt(group, min(col + 1u, last)),
    zeroPointAt(group, min(col + 2u, last)), zeroPointAt(group, min(col + 3u, last)));
}

// The four neighbours along k in the low nibbles of a word per column, times their scale; then those 16 further in the high ones.
fn panelLow(words: vec4u, zeroPoint: vec4f, scale: vec4f) -> PanelB {
  return PanelB(
    decode(words & vec4u(15), zeroPoint) * scale,
    decode((words >> vec4u(8)) & vec4u(15), zeroPoint) * scale,
    decode((words >> vec4u(16)) & vec4u(15), zeroPoint) * scale,
    decode((words >> vec4u(24)) & vec4u(15), zeroPoint) * scale);
}

fn panelHigh(words: vec4u, zeroPoint: vec4f, scale: vec4f) -> PanelB {
  return PanelB(
    decode((words >> vec4u(4)) & vec4u(15), zeroPoint) * scale,
    decode((words >> vec4u(12)) & vec4u(15), zeroPoint) * scale,
    decode((words >> vec4u(20)) & vec4u(15), zeroPoint) * scale,
    decode(words >> vec4u(28), zeroPoint) * scale);
}
