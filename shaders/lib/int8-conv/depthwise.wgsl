// One filter × four pixels: a channel meets no other, so there is nothing to share between filters. Words hold one code.
@compute @workgroup_size(GROUP)
fn main(@builtin(local_invocation_index) local: u32, @builtin(workgroup_id) group: vec3u) {
  let plane = group.z * shape.channels + group.y / filtersPerGroup();
  let planeSize = shape.height * shape.width;
  let pixel = group.x * GROUP * 4u + local;
  let places = vec4u(pixel, pixel + GROUP, pixel + 2u * GROUP, pixel + 3u * GROUP);
  let corners = array<vec2i, 4>(cornerOf(places.x), cornerOf(places.y), cornerOf(places.z), cornerOf(places.w));
  let ys = vec4i(corners[0].x, corners[1].x, corners[2].x, corners[3].x);
  let xs = vec4i(corners[0].y, corners[1].y, corners[2].y, corners[3].y);
  let padding = vec4u(bitcast<u32>(zeroPoint()));
  var at = group.y * window();
  var sums = vec4i();
  for (var v = 0u; v < shape.kernelHeight; v++) {
    // Before the first row or column means far behind the last, without a sign.
    let y = bitcast<vec4u>(ys + vec4i(i32(v * shape.dilationY)));
    for (var u = 0u; u < shape.kernelWidth; u++) {
      let x = bitcast<vec4u>(xs + vec4i(i32(u * shape.dilationX)));
      let inside = (y < vec4u(shape.height)) & (x < vec4u(shape.width));
      let taken = select(vec4u(), vec4u(plane * planeSize) + y * shape.width + x, inside);
      let words = select(padding, vec4u(X[taken.x], X[taken.y], X[taken.z], X[taken.w]), inside);
      sums += (bitcast<vec4i>(words << vec4u(24u)) >> vec4u(24u)) * (bitcast<i32>(W[at] << 24u) >> 24u);
      at++;
    }
  }
  storeFour(group.z, group.y, shape.filters, places, sums);
}
