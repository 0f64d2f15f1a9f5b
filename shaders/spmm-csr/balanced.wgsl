// Weights are cut wherever a row ends and at every multiple of CHUNK, so that no piece is longer than CHUNK and none has two
// rows. The pieces of row r are those from r + rowPtr[r] / CHUNK on: before it lie the ends of r rows and so many multiples.
@group(0) @binding(7) var<storage, read_write> rowOfPiece: array<u32>;
// For each chunk the sum over the piece in it whose row began in an earlier one; there is one at most.
@group(0) @binding(8) var<storage, read_write> parts: array<vec4f>;

fn partAt(chunk: u32, col: u32) -> u32 {
  return chunk * ((shape.n + 3) / 4) + col / 4;
}

fn pieceCount() -> u32 {
  return shape.m + rowPtr[shape.m] / CHUNK;
}

fn firstPiece(row: u32) -> u32 {
  return row + rowPtr[row] / CHUNK;
}

// Which row each piece is of, found once for all columns.
@compute @workgroup_size(64)
fn share(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= pieceCount()) { return; }
  var low = 0u;
  var high = shape.m;
  while (high - low > 1) {
    let middle = (low + high) / 2;
    if (firstPiece(middle) <= id.x) { low = middle; } else { high = middle; }
  }
  rowOfPiece[id.x] = low;
}

// One invocation computes four columns of a piece. The first piece of a row goes to C, the others to `parts`.
@compute @workgroup_size(GROUP_X, GROUP_Y)
fn multiply(@builtin(global_invocation_id) id: vec3u) {
  if (id.y >= pieceCount()) { return; }
  let row = rowOfPiece[id.y];
  let rowBegin = rowPtr[row];
  let chunk = rowBegin / CHUNK + (id.y - firstPiece(row));
  let begin = max(rowBegin, chunk * CHUNK);
  let end = min(rowPtr[row + 1], (chunk + 1) * CHUNK);
  let col = id.x * 4;
  let safe = clampColumn(col);
  var sum = vec4f();
  for (var i = begin; i < end; i++) {
    sum += values[i] * loadX(colIdx[i], safe);
  }
  if (chunk == rowBegin / CHUNK) {
    storeC(row, col, sum);
  } else if (col < shape.n) {
    parts[partAt(chunk, col)] = sum;
  }
}

// The row with rowPtr[row] <= weight < rowPtr[row + 1].
fn rowOf(weight: u32) -> u32 {
  var low = 0u;
  var high = shape.m;
  while (high - low > 1) {
    let middle = (low + high) / 2;
    if (rowPtr[middle] <= weight) { low = middle; } else { high = middle; }
  }
  return low;
}

// For each chunk, adds up the row that begins in it and goes on into the next, in the order of its pieces.
@compute @workgroup_size(GROUP_X, GROUP_Y)
fn join(@builtin(global_invocation_id) id: vec3u) {
  let boundary = (id.y + 1) * CHUNK;
  if (boundary > rowPtr[shape.m]) { return; }
  let row = rowOf(boundary - 1);
  let col = id.x * 4;
  if (rowPtr[row] < boundary - CHUNK || col >= shape.n) { return; }
  let last = rowPtr[row + 1] / CHUNK;
  var sum = vec4f();
  for (var chunk = id.y + 1; chunk <= last; chunk++) {
    sum += parts[partAt(chunk, col)];
  }
  addToC(row, col, sum);
}
