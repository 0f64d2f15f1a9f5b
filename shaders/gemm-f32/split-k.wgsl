const ROW_STRIDE = GROUP_Y;
const COL_STRIDE = 4 * GROUP_X;

// One partial C per part of k, its rows padded to whole vectors.
@group(0) @binding(4) var<storage, read_write> partial: array<vec4f>;

var<private> part: u32;

fn vectorsPerRow() -> u32 {
  return (shape.n + 3u) / 4u;
}

fn writePartial(row: u32, col: u32, value: vec4f) {
  if (row < shape.m && col < shape.n) { partial[(part * shape.m + row) * vectorsPerRow() + col / 4u] = value; }
}

// First pass: workgroups along z take one part of k each.
@compute @workgroup_size(GROUP_X, GROUP_Y)
fn multiply(@builtin(local_invocation_id) local: vec3u, @builtin(workgroup_id) group: vec3u) {
  let row = group.y * GROUP_Y * THREAD_M + local.y;
  let col = group.x * GROUP_X * THREAD_N + local.x * 4u;
  part = group.z;
  let length = (shape.k + 4u * SPLITS - 1u) / (4u * SPLITS) * 4u;
  let end = min((part + 1u) * length, shape.k);
  var tile = Tile();
  for (var k = part * length; k < end; k += 4u) {
    multiplyAdd(&tile, row, col, k);
  }
  storeTile(&tile, row, col);
}

// Second pass: parts are added in their order, so that every run gives the same bits; atomics would not.
@compute @workgroup_size(GROUP_X, GROUP_Y)
fn sum(@builtin(global_invocation_id) id: vec3u) {
  let vector = id.x;
  let row = id.y;
  if (vector >= vectorsPerRow() || row >= shape.m) { return; }
  var total = vec4f();
  for (var i = 0u; i < SPLITS; i++) {
    total += partial[(i * shape.m + row) * vectorsPerRow() + vector];
  }
  writeC(row, vector * 4u, total);
}
