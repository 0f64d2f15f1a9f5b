@group(0) @binding(1) var<storage, read> x: array<u32>;
@group(0) @binding(2) var<storage, read_write> y: array<u32>;

fn element(i: u32) {
  if (i < shape.words) { y[i] = f(x[i]); }
}
