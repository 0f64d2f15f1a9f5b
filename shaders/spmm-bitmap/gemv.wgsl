// A team of invocations per row and column of X, one word of 32 bits each at a time. A prefix sum of the words' ones
// tells each where its weights begin.
var<workgroup> counts: array<u32, TEAM * ROWS>;

// Ones in the words of the team's lanes before this one; the last lane's count is added on top in `counts`.
// Every invocation of the workgroup must call it in uniform control flow.
fn scanOnes(ones: u32, team: u32, lane: u32) -> u32 {
  let own = team * TEAM + lane;
  workgroupBarrier();
  counts[own] = ones;
  for (var step = 1u; step < TEAM; step *= 2) {
    workgroupBarrier();
    var before = 0u;
    if (lane >= step) { before = counts[own - step]; }
    workgroupBarrier();
    counts[own] += before;
  }
  workgroupBarrier();
  return counts[own] - ones;
}

@compute @workgroup_size(TEAM, ROWS)
fn main(@builtin(local_invocation_id) local: vec3u, @builtin(workgroup_id) group: vec3u) {
  let row = group.x * ROWS + local.y;
  let safeRow = min(row, shape.m - 1);
  let col = group.y;
  let words = wordsPerRow();
  var start = rowPtr[safeRow];
  var sum = 0.0;
  for (var first = 0u; first < words; first += TEAM) {
    let word = first + local.x;
    var left = 0u;
    if (word < words) { left = bits[safeRow * words + word]; }
    var at = start + scanOnes(countOneBits(left), local.y, local.x);
    start += counts[local.y * TEAM + TEAM - 1];
    for (; left != 0; left &= left - 1) {
      sum += weightAt(at) * X[(32 * word + countTrailingZeros(left)) * shape.n + col];
      at++;
    }
  }
  let total = teamSum(sum, local.y, local.x);
  if (row < shape.m && local.x == 0) { C[row * shape.n + col] = total; }
}
