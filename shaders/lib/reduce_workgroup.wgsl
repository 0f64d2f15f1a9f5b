var<workgroup> reduceSums: array<f32, THREADS>;

// Sum of `value` over a workgroup of THREADS (a power of two), valid in invocation 0. Call it in uniform control flow.
fn reduceWorkgroup(value: f32, local: u32) -> f32 {
  reduceSums[local] = value;
  for (var width = THREADS / 2u; width > 0u; width >>= 1u) {
    workgroupBarrier();
    if (local < width) { reduceSums[local] += reduceSums[local + width]; }
  }
  return reduceSums[local];
}
