@compute @workgroup_size(GROUP)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= pixels()) { return; }
  let corner = cornerOf(id.x);
  let perGroup = channelsPerGroup();
  let firstPlane = id.z * shape.channels + id.y / filtersPerGroup() * perGroup;
  var at = id.y * perGroup * window();
  var sum = 0.0;
  for (var c = 0u; c < perGroup; c++) {
    for (var v = 0u; v < shape.kernelHeight; v++) {
      let y = corner.x + i32(v * shape.dilationY);
      for (var u = 0u; u < shape.kernelWidth; u++) {
        sum = fma(inputAt(firstPlane + c, y, corner.y + i32(u * shape.dilationX)), W[at], sum);
        at++;
      }
    }
  }
  finish(id.z, id.y, id.x, sum);
}
