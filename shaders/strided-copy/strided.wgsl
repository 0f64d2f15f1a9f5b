@group(0) @binding(1) var<storage, read> x: array<u32>;
@group(0) @binding(2) var<storage, read_write> y: array<u32>;

// Steps backwards are added modulo 2³².
fn element(i: u32) {
  if (i >= shape.d0 * shape.d1 * shape.d2 * shape.d3 * shape.d4 * shape.d5) { return; }
  let c = coordinates(i);
  y[shape.yFirst + place_y(c)] = x[shape.xFirst + place_x(c)];
}
