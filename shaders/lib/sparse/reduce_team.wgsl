// Sums over teams of TEAM neighbouring invocations through workgroup memory; TEAM is a power of two, ROWS teams to a workgroup.
var<workgroup> partials: array<f32, TEAM * ROWS>;

// The team's sum, valid in its first invocation (lane 0). Every invocation of the workgroup must call it, once.
fn teamSum(value: f32, team: u32, lane: u32) -> f32 {
  let own = team * TEAM + lane;
  partials[own] = value;
  for (var step = u32(TEAM) / 2; step > 0; step /= 2) {
    workgroupBarrier();
    if (lane < step) { partials[own] += partials[own + step]; }
  }
  return partials[own];
}
