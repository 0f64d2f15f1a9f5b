@group(0) @binding(1) var<storage, read> X: array<u32>;
@group(0) @binding(2) var<storage, read_write> A: array<u32>;

// All elements of a window in one channel, one after the other; the last channel fills the row up.
@compute @workgroup_size(THREADS)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = id.x / shape.channels;
  if (row >= shape.rows) { return; }
  let channel = id.x % shape.channels;
  let pixels = shape.outHeight * shape.outWidth;
  let window = shape.firstRow + row;
  let pixel = window % pixels;
  let plane = window / pixels * shape.channels + channel;
  let corner = vec2u(pixel / shape.outWidth * shape.strideY, pixel % shape.outWidth * shape.strideX);
  var to = row * shape.rowWords + channel * shape.kernelHeight * shape.kernelWidth;
  for (var v = 0u; v < shape.kernelHeight; v++) {
    // Before the first row or column means far behind the last, without a sign.
    let y = corner.x + v * shape.dilationY + 1u - shape.top;
    for (var u = 0u; u < shape.kernelWidth; u++) {
      let x = corner.y + u * shape.dilationX + 1u - shape.left;
      var word = 0u;
      if (y < shape.height && x < shape.width) { word = X[(plane * shape.height + y) * shape.width + x]; }
      A[to] = word;
      to++;
    }
  }
  if (channel + 1u < shape.channels) { return; }
  for (let end = (row + 1u) * shape.rowWords; to < end; to++) { A[to] = 0u; }
}
