@group(0) @binding(1) var<storage, read> X: array<i32>;
@group(0) @binding(2) var<storage, read> W: array<i32>;
@group(0) @binding(3) var<storage, read> bias: array<i32>;
@group(0) @binding(4) var<storage, read> xZero: array<i32>;
@group(0) @binding(5) var<storage, read> wZero: array<i32>;
@group(0) @binding(6) var<storage, read> scale: array<f32>;
@group(0) @binding(7) var<storage, read> range: array<i32>;
@group(0) @binding(8) var<storage, read_write> Y: array<i32>;

fn zeroOf(filter_: u32) -> i32 { return wZero[select(filter_, 0u, shape.wZeros == 1u)]; }

fn finish(image: u32, filter_: u32, at: u32, sum: i32) {
  var value = sum;
  if (shape.bias == 2u) { value += bias[filter_]; }
  if (shape.output == 2u) { value = requantize(value, scale[select(filter_, 0u, shape.scales == 1u)]); }
  Y[(image * shape.filters + filter_) * pixels() + at] = value;
}

// Four filters of a group at one pixel share what is loaded of X. Padding is as large as the zero point, so it adds nothing.
@compute @workgroup_size(GROUP)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= pixels()) { return; }
  let perGroup = channelsPerGroup();
  let tiles = (filtersPerGroup() + 3u) / 4u;
  let group = id.y / tiles;
  let first = group * filtersPerGroup() + id.y % tiles * 4u;
  let end = (group + 1u) * filtersPerGroup();
  // Filters past the end of the group repeat its last one: their results are not stored.
  let filters = min(vec4u(first, first + 1u, first + 2u, first + 3u), vec4u(end - 1u));
  let zeros = vec4i(zeroOf(filters.x), zeroOf(filters.y), zeroOf(filters.z), zeroOf(filters.w));
  let corner = cornerOf(id.x);
  var at = filters * perGroup * window();
  var sums = vec4i();
  for (var c = 0u; c < perGroup; c++) {
    let plane = (id.z * shape.channels + group * perGroup + c) * shape.height;
    for (var v = 0u; v < shape.kernelHeight; v++) {
      let y = corner.x + i32(v * shape.dilationY);
      for (var u = 0u; u < shape.kernelWidth; u++) {
        let x = corner.y + i32(u * shape.dilationX);
        if (y >= 0 && x >= 0 && y < i32(shape.height) && x < i32(shape.width)) {
          let value = X[(plane + u32(y)) * shape.width + u32(x)] - xZero[0];
          sums += value * (vec4i(W[at.x], W[at.y], W[at.z], W[at.w]) - zeros);
        }
        at += vec4u(1u);
      }
    }
  }
  for (var i = 0u; i < 4u && first + i < end; i++) { finish(id.z, first + i, id.x, sums[i]); }
}
