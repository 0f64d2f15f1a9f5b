// Four filters × four pixels in registers: each word that is loaded, four channels at once, serves four sums.
@compute @workgroup_size(GROUP_X, GROUP_Y)
fn main(@builtin(local_invocation_id) local: vec3u, @builtin(workgroup_id) group: vec3u) {
  let tiles = (filtersPerGroup() + 3u) / 4u;
  let tile = group.y * GROUP_Y + local.y;
  if (tile >= tiles * shape.groups) { return; }
  let channelGroup = tile / tiles;
  let firstFilter = channelGroup * filtersPerGroup() + tile % tiles * 4u;
  let endFilter = (channelGroup + 1u) * filtersPerGroup();
  let words = wordsPerGroup();
  let firstPlane = (group.z * shape.groups + channelGroup) * words;

  // Pixels of one invocation lie a workgroup apart, so that neighbours read neighbours.
  let pixel = group.x * GROUP_X * 4u + local.x;
  let places = vec4u(pixel, pixel + GROUP_X, pixel + 2u * GROUP_X, pixel + 3u * GROUP_X);
  let corners = array<vec2i, 4>(cornerOf(places.x), cornerOf(places.y), cornerOf(places.z), cornerOf(places.w));
  let ys = vec4i(corners[0].x, corners[1].x, corners[2].x, corners[3].x);
  let xs = vec4i(corners[0].y, corners[1].y, corners[2].y, corners[3].y);

  // Filters past the end of the group repeat its last one: their results are not stored.
  let filters = min(vec4u(firstFilter, firstFilter + 1u, firstFilter + 2u, firstFilter + 3u), vec4u(endFilter - 1u));
  let firstWeights = filters * words * window();
  let planeSize = shape.height * shape.width;
  // Four zero points: what lies in the padding.
  let padding = vec4u((bitcast<u32>(zeroPoint()) & 0xffu) * 0x01010101u);
  var sums = Sums();
  for (var v = 0u; v < shape.kernelHeight; v++) {
    // Before the first row or column means far behind the last, without a sign.
    let y = bitcast<vec4u>(ys + vec4i(i32(v * shape.dilationY)));
    for (var u = 0u; u < shape.kernelWidth; u++) {
      let x = bitcast<vec4u>(xs + vec4i(i32(u * shape.dilationX)));
      let inside = (y < vec4u(shape.height)) & (x < vec4u(shape.width));
      let steps = select(vec4u(), vec4u(planeSize), inside);
      var at = select(vec4u(), vec4u(firstPlane * planeSize) + y * shape.width + x, inside);
      var weights = firstWeights + vec4u(v * shape.kernelWidth + u);
      for (var word = 0u; word < words; word++) {
        let inputs = select(padding, vec4u(X[at.x], X[at.y], X[at.z], X[at.w]), inside);
        addProducts(&sums, inputs, vec4u(W[weights.x], W[weights.y], W[weights.z], W[weights.w]));
        at += steps;
        weights += vec4u(window());
      }
      settle(&sums, words);
    }
  }
  let whole = totals(&sums);
  storeFour(group.z, firstFilter, endFilter, places, whole[0]);
  storeFour(group.z, firstFilter + 1u, endFilter, places, whole[1]);
  storeFour(group.z, firstFilter + 2u, endFilter, places, whole[2]);
  storeFour(group.z, firstFilter + 3u, endFilter, places, whole[3]);
}
