@compute @workgroup_size(GROUP)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= pixels()) { return; }
  let group = id.y / filtersPerGroup();
  var sum = 0.0;
  for (var v = 0u; v < shape.kernelHeight; v++) {
    for (var u = 0u; u < shape.kernelWidth; u++) {
      let source = sourceOf(id.x, v, u);
      if (source.x < 0) { continue; }
      for (var i = 0u; i < channelsPerGroup(); i++) {
        let channel = group * channelsPerGroup() + i;
        let x = X[((id.z * shape.channels + channel) * shape.height + u32(source.x)) * shape.width + u32(source.y)];
        let place = (channel * filtersPerGroup() + id.y % filtersPerGroup()) * window() + v * shape.kernelWidth + u;
        sum = fma(x, W[place], sum);
      }
    }
  }
  finish(id.z, id.y, id.x, sum);
}
