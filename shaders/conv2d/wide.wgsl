// Eight filters × four pixels in registers: each input that is loaded serves eight sums, each weight four.
@compute @workgroup_size(GROUP_X, GROUP_Y)
fn main(@builtin(local_invocation_id) local: vec3u, @builtin(workgroup_id) group: vec3u) {
  let tiles = (filtersPerGroup() + 7u) / 8u;
  let tile = group.y * GROUP_Y + local.y;
  if (tile >= tiles * shape.groups) { return; }
  let channelGroup = tile / tiles;
  let firstFilter = channelGroup * filtersPerGroup() + tile % tiles * 8u;
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
  let four = vec4u(firstFilter, firstFilter + 1u, firstFilter + 2u, firstFilter + 3u);
  let low = min(four, vec4u(endFilter - 1u)) * perGroup * window();
  let high = min(four + vec4u(4u), vec4u(endFilter - 1u)) * perGroup * window();
  let planeSize = shape.height * shape.width;
  let size = vec2u(shape.height, shape.width);
  var sum0 = vec4f();
  var sum1 = vec4f();
  var sum2 = vec4f();
  var sum3 = vec4f();
  var sum4 = vec4f();
  var sum5 = vec4f();
  var sum6 = vec4f();
  var sum7 = vec4f();
  // Where a tap lies, and whether it lies in the padding, is the same in all channels. They are taken some at a time, so that what
  // one tap brought into a cache is there for the next.
  for (var channel = 0u; channel < perGroup; channel += CHANNELS) {
    let count = min(u32(CHANNELS), perGroup - channel);
    for (var v = 0u; v < shape.kernelHeight; v++) {
      // Before the first row or column means far behind the last, without a sign.
      let y = bitcast<vec4u>(ys + vec4i(i32(v * shape.dilationY)));
      let insideY = y < vec4u(size.x);
      if (!any(insideY)) { continue; }
      for (var u = 0u; u < shape.kernelWidth; u++) {
        let x = bitcast<vec4u>(xs + vec4i(i32(u * shape.dilationX)));
        let inside = insideY & (x < vec4u(size.y));
        if (!any(inside)) { continue; }
        // In the padding the first element of X is read, and not used.
        let steps = select(vec4u(), vec4u(planeSize), inside);
        var at = select(vec4u(), vec4u((firstPlane + channel) * planeSize) + y * size.y + x, inside);
        let tap = vec4u(channel * window() + v * shape.kernelWidth + u);
        var weights = low + tap;
        var more = high + tap;
        for (var c = 0u; c < count; c++) {
          let inputs = select(vec4f(), vec4f(X[at.x], X[at.y], X[at.z], X[at.w]), inside);
          sum0 = fma(inputs, vec4f(W[weights.x]), sum0);
          sum1 = fma(inputs, vec4f(W[weights.y]), sum1);
          sum2 = fma(inputs, vec4f(W[weights.z]), sum2);
          sum3 = fma(inputs, vec4f(W[weights.w]), sum3);
          sum4 = fma(inputs, vec4f(W[more.x]), sum4);
          sum5 = fma(inputs, vec4f(W[more.y]), sum5);
          sum6 = fma(inputs, vec4f(W[more.z]), sum6);
          sum7 = fma(inputs, vec4f(W[more.w]), sum7);
          at += steps;
          weights += vec4u(window());
          more += vec4u(window());
        }
      }
    }
  }
  storeFour(group.z, firstFilter, endFilter, places, sum0);
  storeFour(group.z, firstFilter + 1u, endFilter, places, sum1);
  storeFour(group.z, firstFilter + 2u, endFilter, places, sum2);
  storeFour(group.z, firstFilter + 3u, endFilter, places, sum3);
  storeFour(group.z, firstFilter + 4u, endFilter, places, sum4);
  storeFour(group.z, firstFilter + 5u, endFilter, places, sum5);
  storeFour(group.z, firstFilter + 6u, endFilter, places, sum6);
  storeFour(group.z, firstFilter + 7u, endFilter, places, sum7);
}
