@group(0) @binding(1) var<storage, read> Q: array<u32>;
@group(0) @binding(2) var<storage, read> K: array<u32>;
@group(0) @binding(3) var<storage, read> V: array<u32>;
@group(0) @binding(4) var<storage, read_write> O: array<f32>;
// heads × queries × keys: scores, then probabilities.
@group(0) @binding(5) var<storage, read_write> P: array<f32>;

// One invocation per score.
@compute @workgroup_size(GROUP)
fn scores(@builtin(global_invocation_id) id: vec3u) {
  let j = id.x;
  if (j >= shape.keys) { return; }
  let head = id.y / shape.queries;
  let atQ = id.y * shape.headSize;
  let atK = (head * shape.keys + j) * shape.headSize;
  var sum = 0.0;
  for (var d = 0u; d < shape.headSize; d++) {
    sum += bitcast<f32>(lmulProduct(lmulLeft(vec4u(Q[atQ + d])).x, lmulRight(vec4u(K[atK + d])).x));
  }
  P[id.y * shape.keys + j] = sum * inverseSqrt(f32(shape.headSize));
}

// One invocation per query.
@compute @workgroup_size(GROUP)
fn softmax(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= shape.heads * shape.queries) { return; }
  let at = id.x * shape.keys;
  var top = P[at];
  for (var j = 1u; j < shape.keys; j++) { top = max(top, P[at + j]); }
  var sum = 0.0;
  for (var j = 0u; j < shape.keys; j++) {
    let power = exp(P[at + j] - top);
    P[at + j] = power;
    sum += power;
  }
  for (var j = 0u; j < shape.keys; j++) { P[at + j] = P[at + j] / sum; }
}

// One invocation per element of O.
@compute @workgroup_size(GROUP)
fn output(@builtin(global_invocation_id) id: vec3u) {
  let d = id.x;
  if (d >= shape.headSize) { return; }
  let atV = id.y / shape.queries * shape.keys * shape.headSize + d;
  var sum = 0.0;
  for (var j = 0u; j < shape.keys; j++) {
    let left = lmulLeft(vec4u(bitcast<u32>(P[id.y * shape.keys + j]))).x;
    sum += bitcast<f32>(lmulProduct(left, lmulRight(vec4u(V[atV + j * shape.headSize])).x));
  }
  O[id.y * shape.headSize + d] = sum;
}
