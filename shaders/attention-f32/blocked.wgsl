// Powers of a tile of keys, for four queries.
var<workgroup> powers: array<vec4f, GROUP>;
alias Largest = vec4f;

// Far below the maximum all powers are zero; a difference of the least number would leave the range of f32.
fn powersOf(difference: vec4f) -> vec4f {
  return exp(max(difference, vec4f(-200.0)));
}

// V at a column of a row of values, zero past the last column.
fn valueAt(row: u32, column: u32) -> vec4f {
  let inside = column < shape.valueSize;
  return vec4f(select(0.0, V[row + select(0u, column, inside)], inside));
}

// One workgroup for four queries of a head, so that keys and values are loaded once for the four.
@compute @workgroup_size(GROUP)
fn main(@builtin(local_invocation_index) local: u32, @builtin(workgroup_id) group: vec3u) {
  let head = group.y;
  let first = group.x * 4u;
  // Queries past the end repeat the last one: their results are not stored.
  let queries = min(vec4u(first, first + 1u, first + 2u, first + 3u), vec4u(shape.queries - 1u));
  let rows = vec4u(
    queryRow(head, queries.x),
    queryRow(head, queries.y),
    queryRow(head, queries.z),
    queryRow(head, queries.w),
  );
  let q = rows * shape.headSize;
  let seen = select(shape.keys, min(shape.keys, queries.w + 1u), shape.causal == 2u);
  var top = vec4f(LEAST);
  var sum = vec4f();
  var columns0 = vec4f();
  var columns1 = vec4f();
  var columns2 = vec4f();
  var columns3 = vec4f();
  for (var start = 0u; start < seen; start += GROUP) {
    let key = start + local;
    var score = vec4f(LEAST);
    if (key < seen) {
      let k = keyStart(head, key);
      var product = vec4f();
      for (var d = 0u; d < shape.headSize; d++) {
        product = fma(vec4f(Q[q.x + d], Q[q.y + d], Q[q.z + d], Q[q.w + d]), vec4f(K[k.x + d * k.y]), product);
      }
      for (var i = 0u; i < 4u; i++) { score[i] = scoreOf(head, queries[i], key, product[i]); }
    }
    let higher = max(top, reduceMax(local, score));
    powers[local] = powersOf(score - higher);
    workgroupBarrier();
    let shrink = powersOf(top - higher);
    top = higher;
    sum *= shrink;
    columns0 *= shrink;
    columns1 *= shrink;
    columns2 *= shrink;
    columns3 *= shrink;
    let count = min(u32(GROUP), seen - start);
    for (var j = 0u; j < count; j++) {
      let power = powers[j];
      sum += power;
      let row = keyRow(head, start + j) * shape.valueSize;
      columns0 = fma(power, valueAt(row, local), columns0);
      if (shape.valueSize > GROUP) { columns1 = fma(power, valueAt(row, local + GROUP), columns1); }
      if (shape.valueSize > 2u * GROUP) { columns2 = fma(power, valueAt(row, local + 2u * GROUP), columns2); }
      if (shape.valueSize > 3u * GROUP) { columns3 = fma(power, valueAt(row, local + 3u * GROUP), columns3); }
    }
    workgroupBarrier();
  }
  for (var i = 0u; i < 4u && first + i < shape.queries; i++) {
    let output = rows[i] * shape.valueSize;
    let found = vec4f(columns0[i], columns1[i], columns2[i], columns3[i]) / sum[i];
    for (var c = 0u; c < 4u; c++) {
      let column = c * GROUP + local;
      if (column < shape.valueSize) { O[output + column] = found[c]; }
    }
  }
}
