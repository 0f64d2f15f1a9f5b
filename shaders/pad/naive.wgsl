@group(0) @binding(1) var<storage, read> x: array<u32>;
@group(0) @binding(2) var<storage, read_write> y: array<u32>;

const OUTSIDE = -1;

// Place along a dimension of x for place c of y; OUTSIDE where the constant stands.
fn source(c: u32, before: u32, size: u32) -> i32 {
  let at = i32(c - before);
  let n = i32(size);
  if (at >= 0 && at < n) { return at; }
  if (shape.mode == 1u) { return OUTSIDE; }
  if (shape.mode == 2u) { return clamp(at, 0, n - 1); }
  let period = select(max(1, 2 * (n - 1)), n, shape.mode == 4u);
  let rest = ((at % period) + period) % period;
  return select(period - rest, rest, rest < n);
}

fn element(i: u32) {
  if (i >= shape.d0 * shape.d1 * shape.d2 * shape.d3 * shape.d4 * shape.d5) { return; }
  let c = coordinates(i);
  let s0 = source(c[0], shape.b0, shape.n0);
  let s1 = source(c[1], shape.b1, shape.n1);
  let s2 = source(c[2], shape.b2, shape.n2);
  let s3 = source(c[3], shape.b3, shape.n3);
  let s4 = source(c[4], shape.b4, shape.n4);
  let s5 = source(c[5], shape.b5, shape.n5);
  if (min(min(min(s0, s1), min(s2, s3)), min(s4, s5)) < 0) {
    y[i] = shape.fill;
    return;
  }
  let outer = (u32(s0) * shape.n1 + u32(s1)) * shape.n2 + u32(s2);
  y[i] = x[((outer * shape.n3 + u32(s3)) * shape.n4 + u32(s4)) * shape.n5 + u32(s5)];
}
