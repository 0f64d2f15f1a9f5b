@group(0) @binding(1) var<storage, read> x: array<u32>;
@group(0) @binding(2) var<storage, read_write> y: array<u32>;

// One column wider, so that a column's words lie in different banks.
var<workgroup> tile: array<u32, TILE * (TILE + 1)>;

// x runs fastest along dimension 4, y along dimension 5: a tile is read along the one and written along the other.
@compute @workgroup_size(TILE, ROWS)
fn main(@builtin(local_invocation_id) local: vec3u, @builtin(workgroup_id) group: vec3u) {
  let outer = coordinates(group.z * shape.d4 * shape.d5);
  let source = shape.xFirst + place_x(outer);
  let place = shape.yFirst + place_y(outer);
  for (var row = 0u; row < TILE; row += u32(ROWS)) {
    let c4 = group.y * u32(TILE) + local.x;
    let c5 = group.x * u32(TILE) + row + local.y;
    if (c4 < shape.d4 && c5 < shape.d5) {
      tile[(row + local.y) * u32(TILE + 1) + local.x] = x[source + c4 * shape.x4 + c5 * shape.x5];
    }
  }
  workgroupBarrier();
  for (var row = 0u; row < TILE; row += u32(ROWS)) {
    let c4 = group.y * u32(TILE) + row + local.y;
    let c5 = group.x * u32(TILE) + local.x;
    if (c4 < shape.d4 && c5 < shape.d5) {
      y[place + c4 * shape.y4 + c5 * shape.y5] = tile[local.x * u32(TILE + 1) + row + local.y];
    }
  }
}
