// One invocation per output; neighbours read neighbouring blocks, and all of them the same activations.
@compute @workgroup_size(GROUP_X)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let column = min(id.x, shape.n - 1u);
  let blocksPerGroup = shape.groupSize / 32u;
  let groups = shape.k / shape.groupSize;
  var sum = vec4f();
  for (var group = 0u; group < groups; group++) {
    let zeroPoint = zeroPointAt(group, column);
    var part = vec4f();
    for (var block = group * blocksPerGroup; block < (group + 1u) * blocksPerGroup; block++) {
      part += dotBlock(W[block * shape.n + column], zeroPoint, block * 8u);
    }
    sum = fma(part, vec4f(scaleAt(group * shape.n + column)), sum);
  }
  if (id.x < shape.n) { store(column, sum.x + sum.y + sum.z + sum.w); }
}
