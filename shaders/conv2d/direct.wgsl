// Four filters × four pixels in registers: each input and each weight that is loaded serves four sums.
@compute @workgroup_size(GROUP_X, GROUP_Y)
fn main(@builtin(local_invocation_id) local: vec3u, @builtin(workgroup_id) group: vec3u) {
  let tiles = (filtersPerGroup() + 3u) / 4u;
  let tile = group.y * GROUP_Y + local.y;
  if (tile >= tiles * shape.groups) { return; }
  let channelGroup = tile / tiles;
  let firstFilter = channelGroup * filtersPerGroup() + tile % tiles * 4u;
  let endFilter = (channelGroup + 1u) * filtersPerGroup();
  let perGroup = channelsPerGroup();
  let firstPlane = group.z * shape.channels + channelGroup * perGroup;

  // Pixels of one invocation lie a workgroup apart, so that neighbours read neighbours.
  let pixel = group.x * GROUP_X * 4u + local.x;
  let places = vec4u(pixel, pixel + GROUP_X, pixel + 2u * GROUP_X, pixel + 3u * GROUP_X);
  let corners = array<vec2i, 4>(cornerOf(places.x), cornerOf(places.y), cornerOf(places.z), cornerOf(places.w));
  let ys = vec4i(corners[0].x, corners[1].x, corners[2].x, corners[3].x);
  let xs = vec4i(corners[0].y, corners[1].y, corners[2].y, corners[3].y);

  // Filters past the end of the group repeat its last one: their results are not stored.
  let filters = min(vec4u(firstFilter, firstFilter + 1u, firstFilter + 2u, firstFilter + 3u), vec4u(endFilter - 1u));
  var weights = filters * perGroup * window();
  var sum0 = vec4f();
  var sum1 = vec4f();
  var sum2 = vec4f();
  var sum3 = vec4f();
  for (var c = 0u; c < perGroup; c++) {
    let plane = firstPlane + c;
    for (var v = 0u; v < shape.kernelHeight; v++) {
      let y = ys + vec4i(i32(v * shape.dilationY));
      for (var u = 0u; u < shape.kernelWidth; u++) {
        let x = xs + vec4i(i32(u * shape.dilationX));
        let inputs = vec4f(
          inputAt(plane, y.x, x.x),
          inputAt(plane, y.y, x.y),
          inputAt(plane, y.z, x.z),
          inputAt(plane, y.w, x.w),
        );
        sum0 = fma(inputs, vec4f(W[weights.x]), sum0);
        sum1 = fma(inputs, vec4f(W[weights.y]), sum1);
        sum2 = fma(inputs, vec4f(W[weights.z]), sum2);
        sum3 = fma(inputs, vec4f(W[weights.w]), sum3);
        weights += vec4u(1u);
      }
    }
  }
  storeFour(group.z, firstFilter, endFilter, places, sum0);
  storeFour(group.z, firstFilter + 1u, endFilter, places, sum1);
  storeFour(group.z, firstFilter + 2u, endFilter, places, sum2);
  storeFour(group.z, firstFilter + 3u, endFilter, places, sum3);
}
