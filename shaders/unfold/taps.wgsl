@group(0) @binding(1) var<storage, read> X: array<u32>;
@group(0) @binding(2) var<storage, read_write> columns: array<u32>;

// All elements of the window of one pixel in one channel, each a row further down. Neighbours write neighbours.
@compute @workgroup_size(THREADS)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let pixels = shape.outHeight * shape.outWidth;
  if (id.x >= pixels) { return; }
  let width = shape.images * pixels;
  let plane = (shape.firstImage + id.z) * shape.channels + shape.firstChannel + id.y;
  let corner = vec2u(id.x / shape.outWidth * shape.strideY, id.x % shape.outWidth * shape.strideX);
  var to = id.y * shape.kernelHeight * shape.kernelWidth * width + id.z * pixels + id.x;
  for (var v = 0u; v < shape.kernelHeight; v++) {
    // Before the first row or column means far behind the last, without a sign.
    let y = corner.x + v * shape.dilationY + 1u - shape.top;
    for (var u = 0u; u < shape.kernelWidth; u++) {
      let x = corner.y + u * shape.dilationX + 1u - shape.left;
      var word = 0u;
      if (y < shape.height && x < shape.width) { word = X[(plane * shape.height + y) * shape.width + x]; }
      columns[to] = word;
      to += width;
    }
  }
}
