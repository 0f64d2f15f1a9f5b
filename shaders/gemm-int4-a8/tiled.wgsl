const TILE = 64u;
// One block of 32 along k for 64 rows of A and 64 columns of W: codes, scales, and what the zero points need.
var<workgroup> lowA: array<vec4u, TILE>;
var<workgroup> highA: array<vec4u, TILE>;
var<workgroup> lowB: array<vec4u, TILE>;
var<workgroup> highB: array<vec4u, TILE>;
var<workgroup> scaleA: array<f32, TILE>;
var<workgroup> scaleB: array<f32, TILE>;
var<workgroup> sumA: array<i32, TILE>;
var<workgroup> zeroB: array<i32, TILE>;

fn fill(index: u32, firstRow: u32, firstCol: u32, block: u32) {
  let group = block * 32u / shape.groupSize;
  if (index < TILE) {
    let row = min(firstRow + index, shape.m - 1u);
    let at = row * (shape.k / 32u) + block;
    lowA[index] = codesA[at * 2u];
    highA[index] = codesA[at * 2u + 1u];
    scaleA[index] = scalesA[row * (shape.k / shape.groupSize) + group];
    sumA[index] = sumsA[at];
  } else if (index < 2u * TILE) {
    let i = index - TILE;
    let col = min(firstCol + i, shape.n - 1u);
    let words = W[block * shape.n + col];
    lowB[i] = lowNibbles(words);
    highB[i] = highNibbles(words);
    scaleB[i] = scaleAt(group * shape.n + col);
    zeroB[i] = integerZeroPoint(group, col);
  }
}

// Columns col, col + 16, col + 32, col + 48 of one row of the tile, scaled.
fn tileRow(row: u32, col: u32) -> vec4f {
  let a = lowA[row];
  let b = highA[row];
  let exact = vec4i(
    dotCodes(lowB[col], highB[col], a, b),
    dotCodes(lowB[col + 16u], highB[col + 16u], a, b),
    dotCodes(lowB[col + 32u], highB[col + 32u], a, b),
    dotCodes(lowB[col + 48u], highB[col + 48u], a, b));
  let zero = vec4i(zeroB[col], zeroB[col + 16u], zeroB[col + 32u], zeroB[col + 48u]);
  let scale = vec4f(scaleB[col], scaleB[col + 16u], scaleB[col + 32u], scaleB[col + 48u]);
  return vec4f(exact - zero * sumA[row]) * (scale * scaleA[row]);
}

fn writeRow(row: u32, col: u32, value: vec4f) {
  if (row >= shape.m) { return; }
  let start = row * shape.n;
  if (col < shape.n) { store(start + col, value.x); }
  if (col + 16u < shape.n) { store(start + col + 16u, value.y); }
  if (col + 32u < shape.n) { store(start + col + 32u, value.z); }
  if (col + 48u < shape.n) { store(start + col + 48u, value.w); }
}

// 64 × 64 of C per workgroup, 4 × 4 per invocation; nibbles are parted once per workgroup.
@compute @workgroup_size(16, 16)
fn main(
  @builtin(local_invocation_index) index: u32,
  @builtin(local_invocation_id) local: vec3u,
  @builtin(workgroup_id) workgroup: vec3u,
) {
  let firstRow = workgroup.y * TILE;
  let firstCol = workgroup.x * TILE;
  let blocks = shape.k / 32u;
  var sum0 = vec4f();
  var sum1 = vec4f();
  var sum2 = vec4f();
  var sum3 = vec4f();
  for (var block = 0u; block < blocks; block++) {
    fill(index, firstRow, firstCol, block);
    workgroupBarrier();
    sum0 += tileRow(local.y, local.x);
    sum1 += tileRow(local.y + 16u, local.x);
    sum2 += tileRow(local.y + 32u, local.x);
    sum3 += tileRow(local.y + 48u, local.x);
    workgroupBarrier();
  }
  writeRow(firstRow + local.y, firstCol + local.x, sum0);
  writeRow(firstRow + local.y + 16u, firstCol + local.x, sum1);
  writeRow(firstRow + local.y + 32u, firstCol + local.x, sum2);
  writeRow(firstRow + local.y + 48u, firstCol + local.x, sum3);
}
