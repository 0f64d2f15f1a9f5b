@group(0) @binding(1) var<storage, read> A: array<u32>;

// Words along k first: four rows of A and four columns of B in each element.
var<workgroup> tileA: array<vec4u, TILE_WORDS * GROUP_Y>;
var<workgroup> tileB: array<vec4u, TILE_WORDS * GROUP_X>;

// Bits beyond k become zero on both sides, where they never differ.
fn fillTiles(local: u32, row: u32, col: u32, w0: u32, words: u32) {
  let threads = u32(GROUP_X * GROUP_Y);
  for (var i = local; i < u32(TILE_WORDS * GROUP_Y); i += threads) {
    let w = w0 + i % u32(TILE_WORDS);
    let at = min(vec4u(row + 4u * (i / u32(TILE_WORDS))) + vec4u(0u, 1u, 2u, 3u), vec4u(shape.m - 1u)) * words;
    var a = vec4u();
    if (w < words) { a = vec4u(A[at.x + w], A[at.y + w], A[at.z + w], A[at.w + w]) & vec4u(wordMask(w)); }
    tileA[(i % u32(TILE_WORDS)) * u32(GROUP_Y) + i / u32(TILE_WORDS)] = a;
  }
  for (var i = local; i < u32(TILE_WORDS * GROUP_X); i += threads) {
    let w = w0 + i / u32(GROUP_X);
    var b = vec4u();
    if (w < words) {
      b = loadColumns(w, min(col + 4u * (i % u32(GROUP_X)), (shape.n - 1u) / 4u * 4u)) & vec4u(wordMask(w));
    }
    tileB[i] = b;
  }
}

// A workgroup holds a tile of C and passes words of A and B through shared memory.
@compute @workgroup_size(GROUP_X, GROUP_Y)
fn main(
  @builtin(local_invocation_index) local: u32,
  @builtin(local_invocation_id) lid: vec3u,
  @builtin(workgroup_id) group: vec3u,
) {
  let row = group.y * u32(4 * GROUP_Y);
  let col = group.x * u32(4 * GROUP_X);
  let words = wordCount();
  var c0 = vec4u();
  var c1 = vec4u();
  var c2 = vec4u();
  var c3 = vec4u();
  for (var w0 = 0u; w0 < words; w0 += u32(TILE_WORDS)) {
    fillTiles(local, row, col, w0, words);
    workgroupBarrier();
    for (var w = 0u; w < u32(TILE_WORDS); w++) {
      let a = tileA[w * u32(GROUP_Y) + lid.y];
      let b = tileB[w * u32(GROUP_X) + lid.x];
      c0 += countOneBits(vec4u(a.x) ^ b);
      c1 += countOneBits(vec4u(a.y) ^ b);
      c2 += countOneBits(vec4u(a.z) ^ b);
      c3 += countOneBits(vec4u(a.w) ^ b);
    }
    workgroupBarrier();
  }
  storeScaled(row + 4u * lid.y, col + 4u * lid.x, c0);
  storeScaled(row + 4u * lid.y + 1u, col + 4u * lid.x, c1);
  storeScaled(row + 4u * lid.y + 2u, col + 4u * lid.x, c2);
  storeScaled(row + 4u * lid.y + 3u, col + 4u * lid.x, c3);
}
