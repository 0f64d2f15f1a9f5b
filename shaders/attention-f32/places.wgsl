@group(0) @binding(1) var<storage, read> Q: array<f32>;
@group(0) @binding(2) var<storage, read> K: array<f32>;
@group(0) @binding(3) var<storage, read> V: array<f32>;
@group(0) @binding(4) var<storage, read> mask: array<f32>;
@group(0) @binding(5) var<storage, read_write> O: array<f32>;

const LEAST = -3.4028234663852886e38;

// Which row of Q and O is the query of a head.
fn queryRow(head: u32, query: u32) -> u32 {
  if (shape.arrangement == 1u) { return head * shape.queries + query; }
  let image = head / shape.headsPerImage;
  return (image * shape.queries + query) * shape.headsPerImage + head % shape.headsPerImage;
}

// Which row of K and V is the key of a head.
fn keyRow(head: u32, key: u32) -> u32 {
  if (shape.arrangement == 1u) { return head / shape.sharing * shape.keys + key; }
  let image = head / shape.headsPerImage;
  let keyHeads = shape.headsPerImage / shape.sharing;
  return (image * shape.keys + key) * keyHeads + head % shape.headsPerImage / shape.sharing;
}

// tanh from one exponential, whose accuracy WGSL bounds; ±20 is as good as infinity.
fn boundedTanh(x: f32) -> f32 {
  return 1.0 - 2.0 / (exp(2.0 * clamp(x, -20.0, 20.0)) + 1.0);
}

// The score of a finished product of query and key: scaled, capped, masked.
fn scoreOf(head: u32, query: u32, key: u32, sum: f32) -> f32 {
  if (shape.causal == 2u && key > query) { return LEAST; }
  var score = bitcast<f32>(shape.scaleBits) * sum;
  if (shape.capBits != 0x80000000u) {
    let cap = bitcast<f32>(shape.capBits);
    score = cap * boundedTanh(score / cap);
  }
  if (shape.mask == 2u) {
    let row = head / shape.maskRepeat % shape.maskCount * shape.maskRows + select(query, 0u, shape.maskRows == 1u);
    score += mask[row * shape.keys + key];
  }
  return max(score, LEAST);
}

// First element and step of a key.
fn keyStart(head: u32, key: u32) -> vec2u {
  if (shape.transK == 2u) { return vec2u(head / shape.sharing * shape.headSize * shape.keys + key, shape.keys); }
  return vec2u(keyRow(head, key) * shape.headSize, 1u);
}
