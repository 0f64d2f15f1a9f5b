// A team of invocations per row and column of X, each taking every TEAM-th chunk of 32 columns of W:
// two vec4 of weights and one word of places, read next to those of its neighbours.
@group(0) @binding(1) var<storage, read> values: array<vec4u>;
@group(0) @binding(2) var<storage, read> indices: array<u32>;
@group(0) @binding(3) var<storage, read> X: array<f32>;
@group(0) @binding(4) var<storage, read_write> C: array<f32>;

fn groupSum(word: u32, places: u32, first: u32, col: u32) -> f32 {
  // Beyond k the weights are zero, and any row of X will do.
  let last = shape.k - 1;
  let low = X[min(first + (places & 3), last) * shape.n + col];
  let high = X[min(first + ((places >> 2) & 3), last) * shape.n + col];
  return dot(unpack2x16float(word), vec2f(low, high));
}

fn fourGroups(words: vec4u, places: u32, first: u32, col: u32) -> f32 {
  return groupSum(words.x, places, first, col) + groupSum(words.y, places >> 4, first + 4, col)
    + groupSum(words.z, places >> 8, first + 8, col) + groupSum(words.w, places >> 12, first + 12, col);
}

@compute @workgroup_size(TEAM, ROWS)
fn main(@builtin(local_invocation_id) local: vec3u, @builtin(workgroup_id) group: vec3u) {
  let row = group.x * ROWS + local.y;
  let col = group.y;
  let chunks = (shape.k + 31) / 32;
  var sum = 0.0;
  if (row < shape.m) {
    for (var c = local.x; c < chunks; c += TEAM) {
      let at = row * chunks + c;
      let places = indices[at];
      sum += fourGroups(values[2 * at], places, 32 * c, col) + fourGroups(values[2 * at + 1], places >> 16, 32 * c + 16, col);
    }
  }
  let total = teamSum(sum, local.y, local.x);
  if (row < shape.m && local.x == 0) { C[row * shape.n + col] = total; }
}
