@group(0) @binding(1) var<storage, read> X: array<f32>;
@group(0) @binding(2) var<storage, read_write> Y: array<f32>;

const LEAST = -3.4028234663852886e38;

// What elements first … first+step·i of a window come to: the value so far, and how many count for a mean.
struct Part { value: f32, count: f32 }

fn join(a: Part, b: Part) -> Part {
  return Part(select(a.value + b.value, max(a.value, b.value), shape.mode == 1u), a.count + b.count);
}

fn partOf(plane: u32, at: u32, first: u32, step: u32) -> Part {
  let corner = cornerOf(at);
  let end = vec2i(i32(shape.height + shape.bottom) - 1, i32(shape.width + shape.right) - 1);
  var part = Part(select(0.0, LEAST, shape.mode == 1u), 0.0);
  for (var i = first; i < shape.kernelHeight * shape.kernelWidth; i += step) {
    let y = corner.x + i32(i / shape.kernelWidth * shape.dilationY);
    let x = corner.y + i32(i % shape.kernelWidth * shape.dilationX);
    let inside = y >= 0 && x >= 0 && y < i32(shape.height) && x < i32(shape.width);
    if (inside || (shape.mode == 3u && y < end.x && x < end.y)) { part.count += 1.0; }
    if (!inside) { continue; }
    let value = X[(plane * shape.height + u32(y)) * shape.width + u32(x)];
    switch shape.mode {
      case 1u: { part.value = max(part.value, value); }
      case 4u: { part.value += abs(value); }
      case 5u: { part.value = fma(value, value, part.value); }
      default: { part.value += value; }
    }
  }
  return part;
}

fn finish(plane: u32, at: u32, part: Part) {
  var value = part.value;
  if (shape.mode == 2u || shape.mode == 3u) { value /= part.count; }
  if (shape.mode == 5u) { value = sqrt(value); }
  Y[plane * pixels() + at] = value;
}
