@group(0) @binding(1) var<storage, read> A: array<u32>;
@group(0) @binding(2) var<storage, read> B: array<u32>;
@group(0) @binding(3) var<storage, read_write> C: array<f32>;
@group(0) @binding(4) var<storage, read> rowScale: array<f32>;
@group(0) @binding(5) var<storage, read> columnScale: array<f32>;

// One invocation per element of C: four ands and population counts for 32 products of two bits by two bits.
@compute @workgroup_size(GROUP_X, GROUP_Y)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = id.y;
  let col = id.x;
  if (row >= shape.m || col >= shape.n) { return; }
  let words = wordCount();
  var dot = 0i;
  for (var w = 0u; w < words; w++) {
    let mask = wordMask(w);
    let aLow = A[row * words + w] & mask;
    let aHigh = A[(shape.m + row) * words + w] & mask;
    let bLow = B[w * shape.n + col];
    let bHigh = B[(words + w) * shape.n + col];
    let positive = countOneBits(aLow & bLow) + 2u * countOneBits(aHigh & bLow);
    let negative = 2u * countOneBits(aLow & bHigh) + 4u * countOneBits(aHigh & bHigh);
    dot += i32(positive) - i32(negative);
  }
  C[row * shape.n + col] = f32(dot) * rowScale[row] * columnScale[col];
}
