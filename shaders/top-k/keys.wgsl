@group(0) @binding(1) var<storage, read> x: array<u32>;
@group(0) @binding(2) var<storage, read_write> y: array<u32>;
@group(0) @binding(3) var<storage, read_write> place: array<i32>;

// An element as a number whose order is the wanted one, the greatest first: bits of floats rise with their values once
// negative ones are turned round. Both zeros are one; NaN stands above all.
fn keyOf(word: u32) -> u32 {
  var key = word ^ 0x80000000u;
  if (shape.kind == 1u) {
    let bits = select(word, 0u, word == 0x80000000u);
    key = select(bits ^ 0x80000000u, ~bits, (bits & 0x80000000u) != 0u);
    if ((bits & 0x7fffffffu) > 0x7f800000u) { key = 0xffffffffu; }
  }
  return select(~key, key, shape.largest == 1u);
}

struct Candidate { key: u32, at: u32 }

// What stands for no candidate: any other comes before it.
fn nobody() -> Candidate { return Candidate(0u, 0xffffffffu); }

// Whether p comes before q.
fn before(p: Candidate, q: Candidate) -> bool { return p.key > q.key || (p.key == q.key && p.at < q.at); }

fn firstOf(line: u32) -> u32 { return (line / shape.inner) * shape.axis * shape.inner + line % shape.inner; }

// The first that comes after `last`, of every `stride`-th element of a line.
fn next(line: u32, last: Candidate, isFirst: bool, offset: u32, stride: u32) -> Candidate {
  let start = firstOf(line);
  var best = nobody();
  for (var a = offset; a < shape.axis; a += stride) {
    let candidate = Candidate(keyOf(x[start + a * shape.inner]), a);
    if ((isFirst || before(last, candidate)) && before(candidate, best)) { best = candidate; }
  }
  return best;
}

fn put(line: u32, j: u32, found: Candidate) {
  let to = ((line / shape.inner) * shape.k + j) * shape.inner + line % shape.inner;
  y[to] = x[firstOf(line) + found.at * shape.inner];
  place[to] = i32(found.at);
}
