// For each channel and row of the output, the rows of X that it needs, column by column: windows that overlap share it.
@group(0) @binding(5) var<storage, read_write> strips: array<f32>;

// Columns of a strip, padding included.
fn stripWidth() -> u32 {
  return (shape.outWidth - 1u) * shape.strideX + (shape.kernelWidth - 1u) * shape.dilationX + 1u;
}

@compute @workgroup_size(GROUP)
fn fill(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= stripWidth() * shape.kernelHeight) { return; }
  // id.y is the row of the output, id.z the plane of X.
  let y = i32(id.y * shape.strideY + id.x % shape.kernelHeight * shape.dilationY) + 1 - i32(shape.top);
  let x = i32(id.x / shape.kernelHeight) + 1 - i32(shape.left);
  strips[(id.z * shape.outHeight + id.y) * stripWidth() * shape.kernelHeight + id.x] = inputAt(id.z, y, x);
}

// FILTERS filters × four pixels of a row; nothing of the padding is left to check.
@compute @workgroup_size(GROUP)
fn multiply(@builtin(local_invocation_index) local: u32, @builtin(workgroup_id) group: vec3u) {
  let parts = (shape.outWidth + GROUP * 4u - 1u) / (GROUP * 4u);
  let outRow = group.x / parts;
  let tiles = (filtersPerGroup() + FILTERS - 1u) / FILTERS;
  let channelGroup = group.y / tiles;
  let firstFilter = channelGroup * filtersPerGroup() + group.y % tiles * FILTERS;
  let endFilter = (channelGroup + 1u) * filtersPerGroup();
  let perGroup = channelsPerGroup();
  let firstPlane = group.z * shape.channels + channelGroup * perGroup;

  let column = group.x % parts * GROUP * 4u + local;
  let columns = vec4u(column, column + GROUP, column + 2u * GROUP, column + 3u * GROUP);
  let starts = min(columns, vec4u(shape.outWidth - 1u)) * shape.strideX * shape.kernelHeight;
  let firstWeights = weightsOf(firstFilter, endFilter);
  var sums = Sums();
  for (var c = 0u; c < perGroup; c++) {
    let strip = ((firstPlane + c) * shape.outHeight + outRow) * stripWidth() * shape.kernelHeight;
    let firstTap = c * window();
    for (var u = 0u; u < shape.kernelWidth; u++) {
      let start = starts + vec4u(strip + u * shape.dilationX * shape.kernelHeight);
      for (var v = 0u; v < shape.kernelHeight; v++) {
        let inputs = vec4f(strips[start.x + v], strips[start.y + v], strips[start.z + v], strips[start.w + v]);
        var weights = firstWeights;
        advance(&weights, firstTap + v * shape.kernelWidth + u);
        multiplyAdd(&sums, inputs, &weights);
      }
    }
  }
  // A column past the row's end must not be taken for the next row.
  let places = select(vec4u(pixels()), columns + vec4u(outRow * shape.outWidth), columns < vec4u(shape.outWidth));
  storeSums(&sums, group.z, firstFilter, endFilter, places);
}
