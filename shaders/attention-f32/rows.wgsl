// Scores of a tile of keys, then their powers, for four queries.
var<private> powers: array<vec4f, KEYS>;

// Far below the maximum all powers are zero; a difference of the least number would leave the range of f32.
fn powersOf(difference: vec4f) -> vec4f {
  return exp(max(difference, vec4f(-200.0)));
}

// Finished products of four queries with a key: scaled, capped, masked.
fn scoresOf(queries: vec4u, masks: vec4u, key: u32, products: vec4f) -> vec4f {
  var scores = bitcast<f32>(shape.scaleBits) * products;
  if (shape.capBits != 0x80000000u) {
    let cap = bitcast<f32>(shape.capBits);
    scores /= cap;
    for (var i = 0u; i < 4u; i++) { scores[i] = boundedTanh(scores[i]); }
    scores *= cap;
  }
  if (shape.mask == 2u) {
    let at = masks + vec4u(key);
    scores += vec4f(mask[at.x], mask[at.y], mask[at.z], mask[at.w]);
  }
  let hidden = vec4<bool>(shape.causal == 2u) & (vec4u(key) > queries);
  return select(max(scores, vec4f(LEAST)), vec4f(LEAST), hidden);
}

// Four queries of a head in each invocation, a tile of keys at a time, without a barrier. Four keys against four queries make
// sixteen products from eight loads; so do four columns of V. O holds the sums between the tiles.
@compute @workgroup_size(GROUP)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let blocks = (shape.queries + 3u) / 4u;
  let head = id.x / blocks;
  if (head >= shape.heads) { return; }
  let first = id.x % blocks * 4u;
  let live = min(4u, shape.queries - first);
  // Queries past the end repeat the last one: their results are not stored.
  let queries = min(vec4u(first, first + 1u, first + 2u, first + 3u), vec4u(shape.queries - 1u));
  let rows = vec4u(
    queryRow(head, queries.x),
    queryRow(head, queries.y),
    queryRow(head, queries.z),
    queryRow(head, queries.w),
  );
  let q = rows * shape.headSize;
  let maskRow = head / shape.maskRepeat % shape.maskCount * shape.maskRows;
  let masks = (vec4u(maskRow) + select(queries, vec4u(), vec4<bool>(shape.maskRows == 1u))) * shape.keys;
  let seen = select(shape.keys, min(shape.keys, queries.w + 1u), shape.causal == 2u);
  // Where keys and values start, and how far apart they are.
  let k = keyStart(head, 0u);
  let keyStep = keyStart(head, 1u).x - k.x;
  let v = keyRow(head, 0u) * shape.valueSize;
  let valueStep = (keyRow(head, 1u) - keyRow(head, 0u)) * shape.valueSize;

  var top = vec4f(LEAST);
  var sum = vec4f();
  for (var start = 0u; start < seen; start += KEYS) {
    let count = min(u32(KEYS), seen - start);
    var higher = top;
    for (var j = 0u; j < count; j += 4u) {
      // Keys past the end repeat the last one: their powers are not summed.
      let keys = min(vec4u(start + j, start + j + 1u, start + j + 2u, start + j + 3u), vec4u(seen - 1u));
      var at = vec4u(k.x) + keys * keyStep;
      var products0 = vec4f();
      var products1 = vec4f();
      var products2 = vec4f();
      var products3 = vec4f();
      for (var d = 0u; d < shape.headSize; d++) {
        let query = vec4f(Q[q.x + d], Q[q.y + d], Q[q.z + d], Q[q.w + d]);
        products0 = fma(query, vec4f(K[at.x]), products0);
        products1 = fma(query, vec4f(K[at.y]), products1);
        products2 = fma(query, vec4f(K[at.z]), products2);
        products3 = fma(query, vec4f(K[at.w]), products3);
        at += vec4u(k.y);
      }
      powers[j] = scoresOf(queries, masks, keys.x, products0);
      powers[j + 1u] = scoresOf(queries, masks, keys.y, products1);
      powers[j + 2u] = scoresOf(queries, masks, keys.z, products2);
      powers[j + 3u] = scoresOf(queries, masks, keys.w, products3);
      higher = max(higher, max(max(powers[j], powers[j + 1u]), max(powers[j + 2u], powers[j + 3u])));
    }
    let shrink = powersOf(top - higher);
    top = higher;
    sum *= shrink;
    for (var j = 0u; j < count; j++) {
      let power = powersOf(powers[j] - higher);
      powers[j] = power;
      sum += power;
    }
    let last = start + KEYS >= seen;
    for (var column = 0u; column < shape.valueSize; column += 4u) {
      let columns = min(vec4u(column, column + 1u, column + 2u, column + 3u), vec4u(shape.valueSize - 1u));
      var at = vec4u(v + start * valueStep) + columns;
      var sums = mat4x4f();
      for (var j = 0u; j < count; j++) {
        let power = powers[j];
        sums[0] = fma(power, vec4f(V[at.x]), sums[0]);
        sums[1] = fma(power, vec4f(V[at.y]), sums[1]);
        sums[2] = fma(power, vec4f(V[at.z]), sums[2]);
        sums[3] = fma(power, vec4f(V[at.w]), sums[3]);
        at += vec4u(valueStep);
      }
      let wide = min(4u, shape.valueSize - column);
      for (var i = 0u; i < live; i++) {
        let o = rows[i] * shape.valueSize + column;
        for (var c = 0u; c < wide; c++) {
          var value = sums[c][i];
          if (start > 0u) { value = fma(O[o + c], shrink[i], value); }
          O[o + c] = select(value, value / sum[i], last);
        }
      }
    }
  }
}
