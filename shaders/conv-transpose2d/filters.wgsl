// Four filters of a group at one pixel: one search for the source and one load of X serve four sums.
@compute @workgroup_size(GROUP)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= pixels()) { return; }
  let tiles = (filtersPerGroup() + 3u) / 4u;
  let group = id.y / tiles;
  let first = id.y % tiles * 4u;
  // Filters past the end of the group repeat its last one: their results are not stored.
  let filters = min(vec4u(first, first + 1u, first + 2u, first + 3u), vec4u(filtersPerGroup() - 1u));
  let plane = shape.height * shape.width;
  var sums = vec4f();
  for (var v = 0u; v < shape.kernelHeight; v++) {
    for (var u = 0u; u < shape.kernelWidth; u++) {
      let source = sourceOf(id.x, v, u);
      if (source.x < 0) { continue; }
      let firstChannel = group * channelsPerGroup();
      var at = (id.z * shape.channels + firstChannel) * plane + u32(source.x) * shape.width + u32(source.y);
      var places = (vec4u(firstChannel * filtersPerGroup()) + filters) * window() + vec4u(v * shape.kernelWidth + u);
      for (var i = 0u; i < channelsPerGroup(); i++) {
        sums = fma(vec4f(X[at]), vec4f(W[places.x], W[places.y], W[places.z], W[places.w]), sums);
        at += plane;
        places += vec4u(filtersPerGroup() * window());
      }
    }
  }
  for (var i = 0u; i < 4u && first + i < filtersPerGroup(); i++) {
    finish(id.z, group * filtersPerGroup() + first + i, id.x, sums[i]);
  }
}
