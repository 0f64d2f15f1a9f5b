// The workgroup stages 32 rows of X; each invocation computes four rows × four columns from them.
// Every row has its own places, so each vec4 of X read from workgroup memory serves one row only.
const LANES = GROUP_X * GROUP_Y;
const CHUNK = 32;

var<workgroup> stagedX: array<vec4f, CHUNK * GROUP_X>;

fn groupSum(word: u32, places: u32, first: u32, x: u32) -> vec4f {
  let pair = unpack2x16float(word);
  return pair.x * stagedX[(first + (places & 3)) * GROUP_X + x]
    + pair.y * stagedX[(first + ((places >> 2) & 3)) * GROUP_X + x];
}

// The row's products with the 32 staged rows of X, half a chunk at a time: fewer lines to unroll and compile.
fn chunkSum(at: u32, x: u32) -> vec4f {
  var sum = vec4f();
  for (var half = 0u; half < 2; half++) {
    let words = values[2 * at + half];
    let places = indices[at] >> (16 * half);
    let first = 16 * half;
    sum += groupSum(words.x, places, first, x) + groupSum(words.y, places >> 4, first + 4, x)
      + groupSum(words.z, places >> 8, first + 8, x) + groupSum(words.w, places >> 12, first + 12, x);
  }
  return sum;
}

@compute @workgroup_size(LANES)
fn main(@builtin(local_invocation_index) lane: u32, @builtin(workgroup_id) group: vec3u) {
  let x = lane % GROUP_X;
  let row = group.y * (4 * GROUP_Y) + lane / GROUP_X * 4;
  let left = group.x * (4 * GROUP_X);
  let chunks = (shape.k + CHUNK - 1) / CHUNK;
  // Rows beyond W repeat its last one and are not stored.
  let rows = min(vec4u(row, row + 1, row + 2, row + 3), vec4u(shape.m - 1)) * chunks;
  var a = vec4f();
  var b = vec4f();
  var c = vec4f();
  var d = vec4f();
  for (var chunk = 0u; chunk < chunks; chunk++) {
    workgroupBarrier();
    for (var at = lane; at < CHUNK * GROUP_X; at += LANES) {
      // Beyond k the weights are zero, and any row of X will do.
      stagedX[at] = loadX(min(chunk * CHUNK + at / GROUP_X, shape.k - 1), clampColumn(left + at % GROUP_X * 4));
    }
    workgroupBarrier();
    a += chunkSum(rows.x + chunk, x);
    b += chunkSum(rows.y + chunk, x);
    c += chunkSum(rows.z + chunk, x);
    d += chunkSum(rows.w + chunk, x);
  }
  storeC(row, left + x * 4, a);
  storeC(row + 1, left + x * 4, b);
  storeC(row + 2, left + x * 4, c);
  storeC(row + 3, left + x * 4, d);
}
