var<workgroup> totals: array<f32, THREADS>;

// Sum over a workgroup of THREADS (a power of two), in every invocation. Call it in uniform control flow.
fn total(value: f32, local: u32) -> f32 {
  workgroupBarrier();
  totals[local] = value;
  for (var width = u32(THREADS) / 2u; width > 0u; width >>= 1u) {
    workgroupBarrier();
    if (local < width) { totals[local] += totals[local + width]; }
  }
  workgroupBarrier();
  return totals[0];
}
