@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> cosine: array<f32>;
@group(0) @binding(3) var<storage, read> sine: array<f32>;
@group(0) @binding(4) var<storage, read> position: array<i32>;
@group(0) @binding(5) var<storage, read_write> y: array<f32>;

// The row of the caches for a line of features; a position out of range takes the nearest in it.
fn rowOf(line: u32) -> u32 {
  let n = line / (shape.heads * shape.steps);
  let t = select((line / shape.heads) % shape.steps, line % shape.steps, shape.arrangement == 1u);
  let own = n * shape.steps + t;
  if (shape.places == 1u) { return own; }
  let row = select(position[0] + i32(t), position[select(0u, own, shape.places == 3u)], shape.places == 3u);
  return u32(clamp(row, 0, i32(shape.rows) - 1));
}

// A feature per invocation, made from itself and the other of its pair.
fn element(i: u32) {
  if (i >= shape.batch * shape.heads * shape.steps * shape.size) { return; }
  let feature = i % shape.size;
  if (feature >= shape.turned) {
    y[i] = x[i];
    return;
  }
  let half = shape.turned / 2u;
  let isSplit = shape.pairing == 1u;
  let pair = select(feature / 2u, feature % half, isSplit);
  let isFirst = select(feature % 2u == 0u, feature < half, isSplit);
  let apart = select(1u, half, isSplit);
  let at = rowOf(i / shape.size) * half + pair;
  if (isFirst) {
    y[i] = x[i] * cosine[at] - x[i + apart] * sine[at];
  } else {
    y[i] = x[i - apart] * sine[at] + x[i] * cosine[at];
  }
}
