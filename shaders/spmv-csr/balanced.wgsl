// Every invocation takes CHUNK weights, whatever rows they belong to. A row that lies within them is done. Of one that came
// in from the chunk before, parts.x keeps what is here; of one that goes on into the next, parts.y does.
@group(0) @binding(7) var<storage, read_write> parts: array<vec2f>;

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

@compute @workgroup_size(LANES)
fn deal(@builtin(global_invocation_id) id: vec3u) {
  let begin = id.x * CHUNK;
  let total = rowPtr[shape.m];
  if (begin >= total) { return; }
  let end = min(begin + CHUNK, total);
  var row = rowOf(begin);
  var rowEnd = rowPtr[row + 1];
  var cameIn = rowPtr[row] < begin;
  var head = 0.0;
  var sum = 0.0;
  for (var i = begin; i < end; i++) {
    sum += values[i] * x[colIdx[i]];
    if (i + 1 == rowEnd) {
      if (cameIn) { head = sum; } else { y[row] = sum; }
      cameIn = false;
      sum = 0.0;
      if (rowEnd < end) {
        row++;
        // The next row, or beyond rows that are empty.
        if (rowPtr[row + 1] == rowEnd) { row = rowOf(rowEnd); }
        rowEnd = rowPtr[row + 1];
      }
    }
  }
  parts[id.x] = select(vec2f(head, sum), vec2f(sum, 0.0), cameIn);
}

// A team per row adds up what the chunks have of it; rows within one chunk are left alone, and empty ones get their zero.
@compute @workgroup_size(TEAM, ROWS)
fn join(@builtin(local_invocation_id) local: vec3u, @builtin(workgroup_id) group: vec3u) {
  let row = group.x * ROWS + local.y;
  var open = false;
  var sum = 0.0;
  if (row < shape.m) {
    let begin = rowPtr[row];
    let end = rowPtr[row + 1];
    let first = begin / CHUNK;
    let last = (max(end, begin + 1) - 1) / CHUNK;
    open = begin == end || first < last;
    if (local.x == 0 && first < last) { sum = parts[first].y; }
    for (var chunk = first + 1 + local.x; chunk <= last; chunk += TEAM) {
      sum += parts[chunk].x;
    }
  }
  let total = teamSum(sum, local.y, local.x);
  if (open && local.x == 0) { y[row] = total; }
}
