// One invocation per element of C takes one weight after the other out of its word.
@compute @workgroup_size(GROUP_X, GROUP_Y)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = id.y;
  let column = id.x;
  if (row >= shape.m || column >= shape.n) { return; }
  var sum = 0.0;
  for (var p = 0u; p < shape.k; p++) {
    let group = p / shape.groupSize;
    let within = p % 32u;
    let word = W[(p / 32u) * shape.n + column][(within % 16u) / 4u];
    let code = (word >> (8u * (within % 4u) + 4u * (within / 16u))) & 15u;
    let weight = decode(vec4u(code), vec4f(zeroPointAt(group, column))).x * scaleAt(group * shape.n + column);
    sum += activations((row * shape.k + p) / 4u)[p % 4u] * weight;
  }
  store(row * shape.n + column, sum);
}
