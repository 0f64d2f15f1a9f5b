@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;

// Four neighbours per invocation.
@compute @workgroup_size(THREADS)
fn main(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
) {
  let i = (group.y * groups.x + group.x) * u32(THREADS) + local;
  if (4u * i >= shape.count) { return; }
  let v = x[i];
  y[i] = vec4f(f(v.x), f(v.y), f(v.z), f(v.w));
}
