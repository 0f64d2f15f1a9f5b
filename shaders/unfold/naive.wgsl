@group(0) @binding(1) var<storage, read> X: array<u32>;
@group(0) @binding(2) var<storage, read_write> columns: array<u32>;

// One word of the columns; a row is one element of the window in one channel.
fn element(i: u32) {
  let pixels = shape.outHeight * shape.outWidth;
  let width = shape.images * pixels;
  let taps = shape.kernelHeight * shape.kernelWidth;
  if (i >= shape.taken * taps * width) { return; }
  let row = i / width;
  let pixel = i % width % pixels;
  let tap = row % taps;
  let plane = (shape.firstImage + i % width / pixels) * shape.channels + shape.firstChannel + row / taps;
  // Before the first row or column means far behind the last, without a sign.
  let y = pixel / shape.outWidth * shape.strideY + tap / shape.kernelWidth * shape.dilationY + 1u - shape.top;
  let x = pixel % shape.outWidth * shape.strideX + tap % shape.kernelWidth * shape.dilationX + 1u - shape.left;
  var word = 0u;
  if (y < shape.height && x < shape.width) { word = X[(plane * shape.height + y) * shape.width + x]; }
  columns[i] = word;
}
