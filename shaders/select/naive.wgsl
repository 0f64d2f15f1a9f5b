@group(0) @binding(1) var<storage, read> C: array<u32>;
@group(0) @binding(2) var<storage, read> A: array<u32>;
@group(0) @binding(3) var<storage, read> B: array<u32>;
@group(0) @binding(4) var<storage, read_write> Y: array<u32>;

fn element(i: u32) {
  if (i >= shape.d0 * shape.d1 * shape.d2 * shape.d3 * shape.d4 * shape.d5) { return; }
  let c = coordinates(i);
  if (C[place_c(c)] != 0u) { Y[i] = A[place_a(c)]; } else { Y[i] = B[place_b(c)]; }
}
