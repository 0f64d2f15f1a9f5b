@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

// The invocation's share of a line: every THREADS-th element.
fn share(line: u32, local: u32) -> vec2f {
  let first = (line / shape.inner) * shape.axis * shape.inner + line % shape.inner;
  var state = start();
  for (var a = local; a < shape.axis; a += u32(THREADS)) {
    state = combine(state, map(x[first + a * shape.inner]));
  }
  return state;
}

var<workgroup> states: array<vec2f, THREADS>;
