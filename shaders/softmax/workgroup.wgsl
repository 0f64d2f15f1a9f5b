@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

var<workgroup> largest: array<f32, THREADS>;

// A line per workgroup.
@compute @workgroup_size(THREADS)
fn main(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
) {
  let line = group.y * groups.x + group.x;
  if (line >= shape.outer * shape.inner) { return; }
  let first = (line / shape.inner) * shape.axis * shape.inner + line % shape.inner;
  var mine = x[first];
  for (var a = local; a < shape.axis; a += u32(THREADS)) { mine = max(mine, x[first + a * shape.inner]); }
  largest[local] = mine;
  for (var width = u32(THREADS) / 2u; width > 0u; width >>= 1u) {
    workgroupBarrier();
    if (local < width) { largest[local] = max(largest[local], largest[local + width]); }
  }
  workgroupBarrier();
  let most = largest[0];
  var share = 0.0;
  for (var a = local; a < shape.axis; a += u32(THREADS)) { share += exp(x[first + a * shape.inner] - most); }
  let sum = total(share, local);
  let logarithm = log(sum);
  for (var a = local; a < shape.axis; a += u32(THREADS)) {
    let at = first + a * shape.inner;
    let d = x[at] - most;
    if (shape.log == 1u) { y[at] = d - logarithm; } else { y[at] = exp(d) / sum; }
  }
}
