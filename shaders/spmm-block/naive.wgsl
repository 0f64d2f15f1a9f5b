@group(0) @binding(1) var<storage, read> rowPtr: array<u32>;
@group(0) @binding(2) var<storage, read> colIdx: array<u32>;
@group(0) @binding(3) var<storage, read> rowOrder: array<u32>;
@group(0) @binding(4) var<storage, read> values: array<f32>;
@group(0) @binding(5) var<storage, read> X: array<f32>;
@group(0) @binding(6) var<storage, read_write> C: array<f32>;

// One invocation per element of C walks the blocks of its block row.
@compute @workgroup_size(GROUP_X, GROUP_Y)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = id.y;
  let col = id.x;
  if (row >= shape.m || col >= shape.n) { return; }
  let blockRow = row / BLOCK;
  let end = rowPtr[blockRow + 1];
  var sum = 0.0;
  for (var i = rowPtr[blockRow]; i < end; i++) {
    let first = colIdx[i] * BLOCK;
    // The last block column may reach beyond k.
    let width = min(BLOCK, shape.k - first);
    for (var p = 0u; p < width; p++) {
      sum += values[(i * BLOCK + p) * BLOCK + row % BLOCK] * X[(first + p) * shape.n + col];
    }
  }
  C[row * shape.n + col] = sum;
}
