// A row of A or a column of B: value = (code − zeroPoint)·scale; `sum` is that of its codes.
struct Affine { scale: f32, zeroPoint: i32, sum: i32 }

@group(0) @binding(1) var<storage, read> codesA: array<vec4u>;
@group(0) @binding(2) var<storage, read> affineA: array<Affine>;
@group(0) @binding(3) var<storage, read> codesB: array<vec4u>;
@group(0) @binding(4) var<storage, read> affineB: array<Affine>;
@group(0) @binding(5) var<storage, read_write> C: array<f32>;

// Σ(a − za)(b − zb) = Σab − za·Σb − zb·Σa + k·za·zb, in integers modulo 2³²: intermediate overflow cancels.
fn finish(row: u32, col: u32, sum: i32) -> f32 {
  let a = affineA[row];
  let b = affineB[col];
  let shifted = sum - a.zeroPoint * b.sum - b.zeroPoint * a.sum + i32(shape.k) * a.zeroPoint * b.zeroPoint;
  return f32(shifted) * (a.scale * b.scale);
}
