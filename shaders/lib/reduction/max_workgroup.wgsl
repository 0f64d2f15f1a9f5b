var<workgroup> partial: array<Largest, GROUP>;

// Largest value of a workgroup of GROUP (a power of two), in every invocation. Call it in uniform control flow.
fn reduceMax(local: u32, value: Largest) -> Largest {
  partial[local] = value;
  workgroupBarrier();
  for (var half = u32(GROUP) / 2u; half > 0u; half /= 2u) {
    if (local < half) { partial[local] = max(partial[local], partial[local + half]); }
    workgroupBarrier();
  }
  let result = partial[0];
  workgroupBarrier();
  return result;
}
