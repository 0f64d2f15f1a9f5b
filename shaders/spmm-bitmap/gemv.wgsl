// A team of invocations per row and column of X. Each takes a run of words and counts their ones; one prefix sum over
// the team then tells each where its weights begin.
var<workgroup> counts: array<u32, TEAM * ROWS>;

// Ones counted by the team's lanes before this one. Every invocation of the workgroup must call it.
fn onesBefore(ones: u32, team: u32, lane: u32) -> u32 {
  let own = team * TEAM + lane;
  counts[own] = ones;
  for (var step = 1u; step < TEAM; step *= 2) {
    workgroupBarrier();
    var before = 0u;
    if (lane >= step) { before = counts[own - step]; }
    workgroupBarrier();
    counts[own] += before;
  }
  return counts[own] - ones;
}

@compute @workgroup_size(TEAM, ROWS)
fn main(@builtin(local_invocation_id) local: vec3u, @builtin(workgroup_id) group: vec3u) {
  let row = group.x * ROWS + local.y;
  let safeRow = min(row, shape.m - 1);
  let col = group.y;
  let words = wordsPerRow();
  let share = (words + TEAM - 1) / TEAM;
  let begin = min(local.x * share, words);
  let end = min(begin + share, words);
  var ones = 0u;
  for (var word = begin; word < end; word++) {
    ones += countOneBits(bits[safeRow * words + word]);
  }
  var at = rowPtr[safeRow] + onesBefore(ones, local.y, local.x);
  var sum = 0.0;
  for (var word = begin; word < end; word++) {
    for (var left = bits[safeRow * words + word]; left != 0; left &= left - 1) {
      sum += weightAt(at) * X[(32 * word + countTrailingZeros(left)) * shape.n + col];
      at++;
    }
  }
  let total = teamSum(sum, local.y, local.x);
  if (row < shape.m && local.x == 0) { C[row * shape.n + col] = total; }
}
