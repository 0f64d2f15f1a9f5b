@group(0) @binding(1) var<storage, read> Q: array<u32>;
@group(0) @binding(2) var<storage, read> K: array<u32>;
@group(0) @binding(3) var<storage, read> V: array<u32>;
@group(0) @binding(4) var<storage, read_write> O: array<f32>;

var<workgroup> query: array<u32, MAX_HEAD_SIZE>;
// Scores, then probabilities prepared as left operands.
var<workgroup> weights: array<u32, MAX_KEYS>;
alias Largest = f32;

fn reduceSum(local: u32, value: f32) -> f32 {
  partial[local] = value;
  workgroupBarrier();
  for (var half = u32(GROUP) / 2u; half > 0u; half /= 2u) {
    if (local < half) { partial[local] += partial[local + half]; }
    workgroupBarrier();
  }
  return partial[0];
}

// One workgroup per query of a head; scores never leave workgroup memory.
@compute @workgroup_size(GROUP)
fn main(@builtin(local_invocation_index) local: u32, @builtin(workgroup_id) group: vec3u) {
  let row = group.x;
  let head = row / shape.queries;
  for (var d = local; d < shape.headSize; d += u32(GROUP)) {
    query[d] = lmulLeft(vec4u(Q[row * shape.headSize + d])).x;
  }
  workgroupBarrier();

  let scale = inverseSqrt(f32(shape.headSize));
  var top = -0x1p+127f;
  for (var j = local; j < shape.keys; j += u32(GROUP)) {
    let atK = (head * shape.keys + j) * shape.headSize;
    var sum = 0.0;
    for (var d = 0u; d < shape.headSize; d++) {
      sum += bitcast<f32>(lmulProduct(query[d], lmulRight(vec4u(K[atK + d])).x));
    }
    weights[j] = bitcast<u32>(sum * scale);
    top = max(top, sum * scale);
  }
  top = reduceMax(local, top);

  var sum = 0.0;
  for (var j = local; j < shape.keys; j += u32(GROUP)) {
    let power = exp(bitcast<f32>(weights[j]) - top);
    weights[j] = bitcast<u32>(power);
    sum += power;
  }
  sum = reduceSum(local, sum);
  for (var j = local; j < shape.keys; j += u32(GROUP)) {
    weights[j] = lmulLeft(vec4u(bitcast<u32>(bitcast<f32>(weights[j]) / sum))).x;
  }
  workgroupBarrier();

  for (var d = local; d < shape.headSize; d += u32(GROUP)) {
    let atV = head * shape.keys * shape.headSize + d;
    var value = 0.0;
    for (var j = 0u; j < shape.keys; j++) {
      value += bitcast<f32>(lmulProduct(weights[j], lmulRight(vec4u(V[atV + j * shape.headSize])).x));
    }
    O[row * shape.headSize + d] = value;
  }
}
