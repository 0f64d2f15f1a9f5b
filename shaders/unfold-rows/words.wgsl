@group(0) @binding(1) var<storage, read> X: array<u32>;
@group(0) @binding(2) var<storage, read_write> A: array<u32>;

// One word of a row. Neighbours write neighbours, whatever the window.
@compute @workgroup_size(THREADS)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= shape.rowWords || id.y >= shape.rows) { return; }
  let taps = shape.kernelHeight * shape.kernelWidth;
  let channel = id.x / taps;
  var word = 0u;
  if (channel < shape.channels) {
    let pixels = shape.outHeight * shape.outWidth;
    let window = shape.firstRow + id.y;
    let pixel = window % pixels;
    let tap = id.x % taps;
    // Before the first row or column means far behind the last, without a sign.
    let y = pixel / shape.outWidth * shape.strideY + tap / shape.kernelWidth * shape.dilationY + 1u - shape.top;
    let x = pixel % shape.outWidth * shape.strideX + tap % shape.kernelWidth * shape.dilationX + 1u - shape.left;
    if (y < shape.height && x < shape.width) {
      word = X[((window / pixels * shape.channels + channel) * shape.height + y) * shape.width + x];
    }
  }
  A[id.y * shape.rowWords + id.x] = word;
}
