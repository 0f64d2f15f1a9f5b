@group(0) @binding(1) var<storage, read> A: array<f32>;
@group(0) @binding(2) var<storage, read> B: array<f32>;
@group(0) @binding(3) var<storage, read_write> C: array<f32>;

var<workgroup> tileA: array<f32, TILE * TILE>;
var<workgroup> tileB: array<f32, TILE * TILE>;

// A workgroup stages one square tile of A and one of B at a time; each element is then read TILE times from shared memory.
@compute @workgroup_size(TILE, TILE)
fn main(@builtin(local_invocation_id) local: vec3u, @builtin(workgroup_id) group: vec3u) {
  let row = group.y * TILE + local.y;
  let col = group.x * TILE + local.x;
  let at = local.y * TILE + local.x;
  var sum = 0.0;
  for (var start = 0u; start < shape.k; start += TILE) {
    let kOfA = start + local.x;
    let kOfB = start + local.y;
    // Tiles are padded with zeros, which add nothing.
    var a = 0.0;
    var b = 0.0;
    if (row < shape.m && kOfA < shape.k) { a = A[row * shape.k + kOfA]; }
    if (kOfB < shape.k && col < shape.n) { b = B[kOfB * shape.n + col]; }
    tileA[at] = a;
    tileB[at] = b;
    workgroupBarrier();
    for (var p = 0u; p < TILE; p++) {
      sum = fma(tileA[local.y * TILE + p], tileB[p * TILE + local.x], sum);
    }
    workgroupBarrier();
  }
  if (row < shape.m && col < shape.n) { C[row * shape.n + col] = sum; }
}
