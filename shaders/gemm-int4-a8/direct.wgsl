// One block of 32 for one row of A: exact, zero point taken off.
fn rowDot(row: u32, block: u32, low: vec4u, high: vec4u, zeroPoint: i32) -> i32 {
  let at = row * (shape.k / 32u) + block;
  return dotCodes(low, high, codesA[at * 2u], codesA[at * 2u + 1u]) - zeroPoint * sumsA[at];
}

// Four rows and one column of C per invocation: the nibbles of a block are parted once for four rows.
@compute @workgroup_size(GROUP_X, GROUP_Y)
fn main(@builtin(local_invocation_id) local: vec3u, @builtin(workgroup_id) workgroup: vec3u) {
  let wanted = workgroup.x * GROUP_X + local.x;
  let col = min(wanted, shape.n - 1u);
  let row = workgroup.y * GROUP_Y * 4u + local.y;
  let last = shape.m - 1u;
  let rows = min(vec4u(row, row + GROUP_Y, row + 2u * GROUP_Y, row + 3u * GROUP_Y), vec4u(last));
  let groups = shape.k / shape.groupSize;
  let blocksPerGroup = shape.groupSize / 32u;
  var sum = vec4f();
  for (var group = 0u; group < groups; group++) {
    let zero = integerZeroPoint(group, col);
    var exact = vec4i();
    for (var block = group * blocksPerGroup; block < (group + 1u) * blocksPerGroup; block++) {
      let words = W[block * shape.n + col];
      let low = lowNibbles(words);
      let high = highNibbles(words);
      exact += vec4i(rowDot(rows.x, block, low, high, zero), rowDot(rows.y, block, low, high, zero),
        rowDot(rows.z, block, low, high, zero), rowDot(rows.w, block, low, high, zero));
    }
    let at = rows * groups + group;
    let scale = vec4f(scalesA[at.x], scalesA[at.y], scalesA[at.z], scalesA[at.w]) * scaleAt(group * shape.n + col);
    sum = fma(vec4f(exact), scale, sum);
  }
  if (wanted >= shape.n) { return; }
  if (row < shape.m) { store(row * shape.n + wanted, sum.x); }
  if (row + GROUP_Y < shape.m) { store((row + GROUP_Y) * shape.n + wanted, sum.y); }
  if (row + 2u * GROUP_Y < shape.m) { store((row + 2u * GROUP_Y) * shape.n + wanted, sum.z); }
  if (row + 3u * GROUP_Y < shape.m) { store((row + 3u * GROUP_Y) * shape.n + wanted, sum.w); }
}
