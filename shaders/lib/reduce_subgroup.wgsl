var<workgroup> reduceSums: array<f32, THREADS>;

// Sum of `value` over a workgroup of THREADS, valid in every invocation. Call it in uniform control flow.
// Nothing is assumed about which invocations share a subgroup: each subgroup's sum stands in its elected lane's place,
// with zeros around it, and every subgroup then adds up all places.
fn reduceSubgroup(value: f32, local: u32, lane: u32, lanes: u32) -> f32 {
  let mine = subgroupAdd(value);
  reduceSums[local] = select(0.0, mine, subgroupElect());
  workgroupBarrier();
  var sum = 0.0;
  for (var i = lane; i < THREADS; i += lanes) { sum += reduceSums[i]; }
  return subgroupAdd(sum);
}
