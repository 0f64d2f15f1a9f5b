@group(0) @binding(1) var<storage, read> x: array<vec4u>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4u>;

// Vectors of 16 bytes; an invocation's own are a workgroup apart, so that neighbours read neighbours.
@compute @workgroup_size(THREADS)
fn main(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
) {
  let first = (group.y * groups.x + group.x) * u32(THREADS * VECTORS) + local;
  let vectors = (shape.words + 3u) / 4u;
  for (var v = 0u; v < VECTORS; v++) {
    let i = first + v * u32(THREADS);
    if (i < vectors) { y[i] = x[i]; }
  }
}
