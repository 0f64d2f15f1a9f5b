@group(0) @binding(6) var<storage, read_write> weights: array<f32>;

// One invocation per score.
@compute @workgroup_size(GROUP)
fn score(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= shape.keys) { return; }
  let q = queryRow(id.z, id.y) * shape.headSize;
  let k = keyStart(id.z, id.x);
  var sum = 0.0;
  for (var d = 0u; d < shape.headSize; d++) { sum = fma(Q[q + d], K[k.x + d * k.y], sum); }
  weights[(id.z * shape.queries + id.y) * shape.keys + id.x] = scoreOf(id.z, id.y, id.x, sum);
}

// One invocation per row of scores.
@compute @workgroup_size(GROUP)
fn normalize(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= shape.queries) { return; }
  let start = (id.z * shape.queries + id.x) * shape.keys;
  var top = LEAST;
  for (var j = 0u; j < shape.keys; j++) { top = max(top, weights[start + j]); }
  var sum = 0.0;
  for (var j = 0u; j < shape.keys; j++) {
    let power = exp(weights[start + j] - top);
    weights[start + j] = power;
    sum += power;
  }
  for (var j = 0u; j < shape.keys; j++) { weights[start + j] /= sum; }
}

// One invocation per element of the output.
@compute @workgroup_size(GROUP)
fn weigh(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= shape.valueSize) { return; }
  let start = (id.z * shape.queries + id.y) * shape.keys;
  var sum = 0.0;
  for (var j = 0u; j < shape.keys; j++) {
    sum = fma(weights[start + j], V[keyRow(id.z, j) * shape.valueSize + id.x], sum);
  }
  O[queryRow(id.z, id.y) * shape.valueSize + id.x] = sum;
}
