@group(0) @binding(1) var<storage, read> values: array<u32>;
@group(0) @binding(2) var<storage, read> indices: array<u32>;
@group(0) @binding(3) var<storage, read> X: array<ColumnElement>;
@group(0) @binding(4) var<storage, read_write> C: array<ColumnElement>;

// One invocation computes sixteen columns of a row: decoding a weight and its place serves sixteen products.
// One group per step: unrolled to a whole index word, LLVM-based drivers took a minute to compile it.
@compute @workgroup_size(GROUP_X, GROUP_Y)
fn main(
  @builtin(local_invocation_id) local: vec3u,
  @builtin(global_invocation_id) id: vec3u,
  @builtin(workgroup_id) group: vec3u,
) {
  let row = id.y;
  if (row >= shape.m) { return; }
  let first = group.x * (16 * GROUP_X) + local.x * 4;
  let columns = stripColumns(first);
  let padded = (shape.k + 31) / 32 * 8;
  let groups = (shape.k + 3) / 4;
  let last = shape.k - 1;
  var strip: Strip;
  for (var g = 0u; g < groups; g++) {
    let at = row * padded + g;
    let pair = unpack2x16float(values[at]);
    let places = indices[at / 8] >> (4 * (at % 8));
    // Beyond k the weights are zero, and any row of X will do.
    addScaled(&strip, pair.x, min(4 * g + (places & 3), last), columns);
    addScaled(&strip, pair.y, min(4 * g + ((places >> 2) & 3), last), columns);
  }
  storeStrip(&strip, row, first);
}
