const GROUP_X = TILE_N / THREAD_N;
const GROUP_Y = TILE_M / THREAD_M;
const THREADS = GROUP_X * GROUP_Y;
const ROW_STRIDE = GROUP_Y;
const COL_STRIDE = 4 * GROUP_X;

const VECTORS_A = TILE_M * TILE_K / 4;
const VECTORS_B = TILE_K * TILE_N / 4;

// The tiles hold elements as they are stored: f16 takes half the workgroup memory, or tiles twice as deep. Vectors of A hold
// four values along k and lie row after row, so that the rows one subgroup reads are in different banks.
var<workgroup> tileA: array<vec4<Element>, VECTORS_A>;
var<workgroup> tileB: array<vec4<Element>, VECTORS_B>;

fn stagedA(row: u32, k: u32) -> vec4f { return vec4f(tileA[k / 4u * TILE_M + row]); }
fn stagedB(k: u32, col: u32) -> vec4f { return vec4f(tileB[(k * TILE_N + col) / 4u]); }

// Tiles past the end of k are filled with zeros, which add nothing.
fn stage(local: u32, firstRow: u32, firstCol: u32, firstK: u32) {
  for (var i = 0u; i < (VECTORS_A + THREADS - 1) / THREADS; i++) {
    let at = i * THREADS + local;
    if (at < VECTORS_A) {
      let row = at / (TILE_K / 4);
      let step = at % (TILE_K / 4);
      let k = firstK + step * 4u;
      var value = vec4<Element>();
      if (k < shape.k) { value = loadA(firstRow + row, k); }
      tileA[step * TILE_M + row] = value;
    }
  }
  for (var i = 0u; i < (VECTORS_B + THREADS - 1) / THREADS; i++) {
    let at = i * THREADS + local;
    if (at < VECTORS_B) {
      let k = firstK + at / (TILE_N / 4);
      var value = vec4<Element>();
      if (k < shape.k) { value = loadB(k, firstCol + at % (TILE_N / 4) * 4u); }
      tileB[at] = value;
    }
  }
}

@compute @workgroup_size(THREADS)
fn main(@builtin(local_invocation_index) local: u32, @builtin(workgroup_id) group: vec3u) {
  let firstRow = group.y * TILE_M;
  let firstCol = group.x * TILE_N;
  let row = local / GROUP_X;
  let col = local % GROUP_X * 4u;
  var tile = Tile();
  for (var firstK = 0u; firstK < shape.k; firstK += TILE_K) {
    stage(local, firstRow, firstCol, firstK);
    workgroupBarrier();
    for (var step = 0u; step < TILE_K / 4; step++) {
      multiplyAdd(&tile, row, col, step * 4u);
    }
    workgroupBarrier();
  }
  storeTile(&tile, firstRow + row, firstCol + col);
}
