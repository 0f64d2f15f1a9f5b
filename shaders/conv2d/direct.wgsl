// FILTERS filters × four pixels in registers: each input that is loaded serves as many sums as there are filters, each weight four.
@compute @workgroup_size(GROUP_X, GROUP_Y)
fn main(@builtin(local_invocation_id) local: vec3u, @builtin(workgroup_id) group: vec3u) {
  let tiles = (filtersPerGroup() + FILTERS - 1u) / FILTERS;
  let tile = group.y * GROUP_Y + local.y;
  if (tile >= tiles * shape.groups) { return; }
  let channelGroup = tile / tiles;
  let firstFilter = channelGroup * filtersPerGroup() + tile % tiles * FILTERS;
  let endFilter = (channelGroup + 1u) * filtersPerGroup();
  let perGroup = channelsPerGroup();
  let firstPlane = group.z * shape.channels + channelGroup * perGroup;

  // Pixels of one invocation lie a workgroup apart, so that neighbours read neighbours.
  let pixel = group.x * GROUP_X * 4u + local.x;
  let places = vec4u(pixel, pixel + GROUP_X, pixel + 2u * GROUP_X, pixel + 3u * GROUP_X);
  let corners = array<vec2i, 4>(cornerOf(places.x), cornerOf(places.y), cornerOf(places.z), cornerOf(places.w));
  let ys = vec4i(corners[0].x, corners[1].x, corners[2].x, corners[3].x);
  let xs = vec4i(corners[0].y, corners[1].y, corners[2].y, corners[3].y);

  let firstWeights = weightsOf(firstFilter, endFilter);
  let planeSize = shape.height * shape.width;
  let size = vec2u(shape.height, shape.width);
  var sums = Sums();
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
        var weights = firstWeights;
        advance(&weights, channel * window() + v * shape.kernelWidth + u);
        for (var c = 0u; c < count; c++) {
          let inputs = select(vec4f(), vec4f(X[at.x], X[at.y], X[at.z], X[at.w]), inside);
          multiplyAdd(&sums, inputs, &weights);
          at += steps;
          advance(&weights, window());
        }
      }
    }
  }
  storeSums(&sums, group.z, firstFilter, endFilter, places);
}
