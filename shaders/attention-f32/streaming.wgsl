var<workgroup> powers: array<f32, GROUP>;
alias Largest = f32;

// One workgroup per query of a head: a tile of GROUP keys at a time, each invocation with one score, then with up to four columns
// of the output. What was summed under an earlier maximum is scaled down when a tile brings a larger one.
@compute @workgroup_size(GROUP)
fn main(@builtin(local_invocation_index) local: u32, @builtin(workgroup_id) group: vec3u) {
  let query = group.x;
  let head = group.y;
  let q = queryRow(head, query) * shape.headSize;
  let seen = select(shape.keys, min(shape.keys, query + 1u), shape.causal == 2u);
  var top = LEAST;
  var sum = 0.0;
  var columns = vec4f();
  for (var first = 0u; first < seen; first += GROUP) {
    let key = first + local;
    var score = LEAST;
    if (key < seen) {
      let k = keyStart(head, key);
      var product = 0.0;
      for (var d = 0u; d < shape.headSize; d++) { product = fma(Q[q + d], K[k.x + d * k.y], product); }
      score = scoreOf(head, query, key, product);
    }
    let higher = max(top, reduceMax(local, score));
    powers[local] = select(0.0, exp(score - higher), key < seen);
    workgroupBarrier();
    let shrink = exp(top - higher);
    top = higher;
    sum *= shrink;
    columns *= shrink;
    let count = min(u32(GROUP), seen - first);
    for (var j = 0u; j < count; j++) {
      let power = powers[j];
      sum += power;
      let row = keyRow(head, first + j) * shape.valueSize;
      for (var i = 0u; i < 4u; i++) {
        let column = i * GROUP + local;
        if (column < shape.valueSize) { columns[i] = fma(power, V[row + column], columns[i]); }
      }
    }
    workgroupBarrier();
  }
  let output = queryRow(head, query) * shape.valueSize;
  for (var i = 0u; i < 4u; i++) {
    let column = i * GROUP + local;
    if (column < shape.valueSize) { O[output + column] = columns[i] / sum; }
  }
}
