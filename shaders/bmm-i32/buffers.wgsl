@group(0) @binding(1) var<storage, read> A: array<i32>;
@group(0) @binding(2) var<storage, read> B: array<i32>;
@group(0) @binding(3) var<storage, read> aZero: array<i32>;
@group(0) @binding(4) var<storage, read> bZero: array<i32>;
@group(0) @binding(5) var<storage, read> scale: array<f32>;
@group(0) @binding(6) var<storage, read> range: array<i32>;
@group(0) @binding(7) var<storage, read_write> C: array<i32>;

// Where the matrices of product `batch` start.
fn startOfA(batch: u32) -> u32 { return batch / shape.aRepeat % shape.aCount * shape.m * shape.k; }
fn startOfB(batch: u32) -> u32 { return batch / shape.bRepeat % shape.bCount * shape.k * shape.n; }

fn zeroOfA(row: u32) -> i32 { return aZero[select(row, 0u, shape.aZeros == 1u)]; }
fn zeroOfB(col: u32) -> i32 { return bZero[select(col, 0u, shape.bZeros == 1u)]; }

fn finish(batch: u32, row: u32, col: u32, sum: i32) {
  if (row >= shape.m || col >= shape.n) { return; }
  var value = sum;
  if (shape.output == 2u) {
    // round() is to even. Beyond a million it is clipped anyway, and the conversion stays defined.
    let scaled = round(f32(sum) * scale[select(col, 0u, shape.scales == 1u)]);
    value = clamp(i32(clamp(scaled, -1e6, 1e6)) + range[0], range[1], range[2]);
  }
  C[(batch * shape.m + row) * shape.n + col] = value;
}
