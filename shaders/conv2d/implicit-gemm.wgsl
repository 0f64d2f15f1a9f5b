const GROUP_X = TILE_N / THREAD_N;
const GROUP_Y = TILE_M / THREAD_M;
const THREADS = GROUP_X * GROUP_Y;
const ROW_STRIDE = GROUP_Y;
const COL_STRIDE = 4 * GROUP_X;

const VECTORS_A = TILE_M * TILE_K / 4;
const VECTORS_B = TILE_K * TILE_N / 4;

// Weights with four values along k, row after row; windows with four pixels.
var<workgroup> tileA: array<vec4f, VECTORS_A>;
var<workgroup> tileB: array<vec4f, VECTORS_B>;

var<private> image: u32;
var<private> firstFilter: u32;

fn stagedA(row: u32, k: u32) -> vec4f { return tileA[k / 4u * TILE_M + row]; }
fn stagedB(k: u32, col: u32) -> vec4f { return tileB[(k * TILE_N + col) / 4u]; }

fn depth() -> u32 { return channelsPerGroup() * window(); }

fn weightAt(row: u32, k: u32) -> f32 {
  let inside = row < filtersPerGroup() && k < depth();
  return select(0.0, W[select(0u, (firstFilter + row) * depth() + k, inside)], inside);
}

// Row k of the matrix of windows, at four pixels: element (v, u) of the window in channel c. It exists nowhere else.
fn windowsAt(firstPlane: u32, k: u32, col: u32) -> vec4f {
  if (k >= depth()) { return vec4f(); }
  let plane = firstPlane + k / window();
  let within = k % window();
  let step = vec2i(
    i32(within / shape.kernelWidth * shape.dilationY),
    i32(within % shape.kernelWidth * shape.dilationX),
  );
  let a = cornerOf(col) + step;
  let b = cornerOf(col + 1u) + step;
  let c = cornerOf(col + 2u) + step;
  let d = cornerOf(col + 3u) + step;
  return vec4f(inputAt(plane, a.x, a.y), inputAt(plane, b.x, b.y), inputAt(plane, c.x, c.y), inputAt(plane, d.x, d.y));
}

fn writeC(row: u32, col: u32, value: vec4f) {
  let places = vec4u(col, col + 1u, col + 2u, col + 3u);
  storeFour(image, firstFilter + row, firstFilter + filtersPerGroup(), places, value);
}

@compute @workgroup_size(THREADS)
fn main(@builtin(local_invocation_index) local: u32, @builtin(workgroup_id) group: vec3u) {
  image = group.z / shape.groups;
  let channelGroup = group.z % shape.groups;
  firstFilter = channelGroup * filtersPerGroup();
  let firstPlane = image * shape.channels + channelGroup * channelsPerGroup();
  let firstRow = group.y * TILE_M;
  let firstCol = group.x * TILE_N;
  let row = local / GROUP_X;
  let col = local % GROUP_X * 4u;
  var tile = Tile();
  for (var firstK = 0u; firstK < depth(); firstK += TILE_K) {
    for (var at = local; at < VECTORS_A; at += THREADS) {
      let step = at % (TILE_K / 4);
      let filterRow = firstRow + at / (TILE_K / 4);
      let k = firstK + step * 4u;
      tileA[step * TILE_M + at / (TILE_K / 4)] =
        vec4f(weightAt(filterRow, k), weightAt(filterRow, k + 1u), weightAt(filterRow, k + 2u), weightAt(filterRow, k + 3u));
    }
    for (var at = local; at < VECTORS_B; at += THREADS) {
      tileB[at] = windowsAt(firstPlane, firstK + at / (TILE_N / 4), firstCol + at % (TILE_N / 4) * 4u);
    }
    workgroupBarrier();
    for (var step = 0u; step < TILE_K / 4; step++) {
      multiplyAdd(&tile, row, col, step * 4u);
    }
    workgroupBarrier();
  }
  storeTile(&tile, firstRow + row, firstCol + col);
}
