// One filter × four pixels: a channel meets no other, so there is nothing to share between filters.
@compute @workgroup_size(GROUP)
fn main(@builtin(local_invocation_index) local: u32, @builtin(workgroup_id) group: vec3u) {
  let plane = group.z * shape.channels + group.y / filtersPerGroup();
  let pixel = group.x * GROUP * 4u + local;
  let places = vec4u(pixel, pixel + GROUP, pixel + 2u * GROUP, pixel + 3u * GROUP);
  let corners = array<vec2i, 4>(cornerOf(places.x), cornerOf(places.y), cornerOf(places.z), cornerOf(places.w));
  var at = group.y * window();
  var sums = vec4f();
  for (var v = 0u; v < shape.kernelHeight; v++) {
    let y = i32(v * shape.dilationY);
    for (var u = 0u; u < shape.kernelWidth; u++) {
      let x = i32(u * shape.dilationX);
      let inputs = vec4f(
        inputAt(plane, corners[0].x + y, corners[0].y + x),
        inputAt(plane, corners[1].x + y, corners[1].y + x),
        inputAt(plane, corners[2].x + y, corners[2].y + x),
        inputAt(plane, corners[3].x + y, corners[3].y + x),
      );
      sums = fma(inputs, vec4f(W[at]), sums);
      at++;
    }
  }
  storeFour(group.z, group.y, shape.filters, places, sums);
}
