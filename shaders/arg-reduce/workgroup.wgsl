@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<i32>;

struct Candidate { value: f32, place: u32 }

var<workgroup> candidates: array<Candidate, THREADS>;

// Whether q comes before p: by value, then by place.
fn beats(q: Candidate, p: Candidate) -> bool {
  if (q.value == p.value) { return (q.place < p.place) != (shape.last == 1u); }
  return (q.value > p.value) == (shape.largest == 1u);
}

// A line per workgroup. An invocation without a share offers the first element, which never beats itself.
@compute @workgroup_size(THREADS)
fn main(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
) {
  let line = group.y * groups.x + group.x;
  if (line >= shape.outer * shape.inner) { return; }
  let first = (line / shape.inner) * shape.axis * shape.inner + line % shape.inner;
  var best = Candidate(x[first], 0u);
  for (var a = local; a < shape.axis; a += u32(THREADS)) {
    let next = Candidate(x[first + a * shape.inner], a);
    if (beats(next, best)) { best = next; }
  }
  candidates[local] = best;
  for (var width = u32(THREADS) / 2u; width > 0u; width >>= 1u) {
    workgroupBarrier();
    if (local < width) {
      let other = candidates[local + width];
      if (beats(other, candidates[local])) { candidates[local] = other; }
    }
  }
  if (local == 0u) { y[line] = i32(candidates[0].place); }
}
