@group(0) @binding(1) var<storage, read> A: array<u32>;
@group(0) @binding(4) var<storage, read> rowScale: array<f32>;
@group(0) @binding(5) var<storage, read> columnScale: array<f32>;

// 32 products of two bits by two bits for each of four columns.
fn dots(aLow: u32, aHigh: u32, bLow: vec4u, bHigh: vec4u) -> vec4i {
  let positive = countOneBits(vec4u(aLow) & bLow) + 2u * countOneBits(vec4u(aHigh) & bLow);
  let negative = 2u * countOneBits(vec4u(aLow) & bHigh) + 4u * countOneBits(vec4u(aHigh) & bHigh);
  return vec4i(positive) - vec4i(negative);
}

fn storeScaled(row: u32, col: u32, sums: vec4i) {
  let columns = min(vec4u(col) + vec4u(0u, 1u, 2u, 3u), vec4u(shape.n - 1u));
  let scales = vec4f(columnScale[columns.x], columnScale[columns.y], columnScale[columns.z], columnScale[columns.w]);
  storeColumns(row, col, vec4f(sums) * rowScale[min(row, shape.m - 1u)] * scales);
}

// 4 × 4 elements of C per invocation, words straight from storage.
@compute @workgroup_size(GROUP_X, GROUP_Y)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = 4u * id.y;
  let col = 4u * id.x;
  if (row >= shape.m || col >= shape.n) { return; }
  let words = wordCount();
  let low = min(vec4u(row) + vec4u(0u, 1u, 2u, 3u), vec4u(shape.m - 1u)) * words;
  let high = low + vec4u(shape.m * words);
  var c0 = vec4i();
  var c1 = vec4i();
  var c2 = vec4i();
  var c3 = vec4i();
  for (var w = 0u; w < words; w++) {
    let mask = vec4u(wordMask(w));
    let bLow = loadColumns(w, col) & mask;
    let bHigh = loadColumns(words + w, col) & mask;
    c0 += dots(A[low.x + w], A[high.x + w], bLow, bHigh);
    c1 += dots(A[low.y + w], A[high.y + w], bLow, bHigh);
    c2 += dots(A[low.z + w], A[high.z + w], bLow, bHigh);
    c3 += dots(A[low.w + w], A[high.w + w], bLow, bHigh);
  }
  storeScaled(row, col, c0);
  storeScaled(row + 1u, col, c1);
  storeScaled(row + 2u, col, c2);
  storeScaled(row + 3u, col, c3);
}
