// Four rows × four columns in registers. Rows and columns past the end repeat the last one: their results are not stored.
@compute @workgroup_size(GROUP_X, GROUP_Y)
fn main(@builtin(local_invocation_id) local: vec3u, @builtin(workgroup_id) group: vec3u) {
  let row = group.y * GROUP_Y * 4u + local.y;
  let col = group.x * GROUP_X * 4u + local.x;
  let rows = vec4u(row, row + GROUP_Y, row + 2u * GROUP_Y, row + 3u * GROUP_Y);
  let cols = vec4u(col, col + GROUP_X, col + 2u * GROUP_X, col + 3u * GROUP_X);
  let i = min(rows, vec4u(shape.m - 1u));
  let j = min(cols, vec4u(shape.n - 1u));
  let a = startOfA(group.z) + i * shape.k;
  var b = startOfB(group.z) + j;
  let left = vec4i(zeroOfA(i.x), zeroOfA(i.y), zeroOfA(i.z), zeroOfA(i.w));
  let right = vec4i(zeroOfB(j.x), zeroOfB(j.y), zeroOfB(j.z), zeroOfB(j.w));
  var sum0 = vec4i();
  var sum1 = vec4i();
  var sum2 = vec4i();
  var sum3 = vec4i();
  for (var k = 0u; k < shape.k; k++) {
    let values = vec4i(A[a.x + k], A[a.y + k], A[a.z + k], A[a.w + k]) - left;
    let weights = vec4i(B[b.x], B[b.y], B[b.z], B[b.w]) - right;
    sum0 += values.x * weights;
    sum1 += values.y * weights;
    sum2 += values.z * weights;
    sum3 += values.w * weights;
    b += vec4u(shape.n);
  }
  storeRow(group.z, rows.x, cols, sum0);
  storeRow(group.z, rows.y, cols, sum1);
  storeRow(group.z, rows.z, cols, sum2);
  storeRow(group.z, rows.w, cols, sum3);
}

fn storeRow(batch: u32, row: u32, cols: vec4u, sums: vec4i) {
  finish(batch, row, cols.x, sums.x);
  finish(batch, row, cols.y, sums.y);
  finish(batch, row, cols.z, sums.z);
  finish(batch, row, cols.w, sums.w);
}
