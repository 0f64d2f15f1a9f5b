@group(0) @binding(1) var<storage, read> x: array<vec4u>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4u>;

var<workgroup> tile: array<vec4u, 256>;

// A workgroup holds one tile; neighbours read neighbours, so that no two meet in a bank.
@compute @workgroup_size(THREADS)
fn main(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
) {
  let tiles = (shape.n + 1023u) / 1024u;
  let number = group.y * groups.x + group.x;
  let start = min(number, tiles - 1u) * 256u;
  for (var v = 0u; v < 256u / THREADS; v++) { tile[local + v * THREADS] = x[start + local + v * THREADS]; }
  workgroupBarrier();
  for (var v = 0u; v < 256u / THREADS; v++) {
    let own = local + v * THREADS;
    var even = vec4u();
    var odd = vec4u();
    for (var t = 0u; t < shape.steps / 8u; t++) {
      let place = own + 8u * t;
      even += tile[place & 255u];
      odd += tile[(place + 1u) & 255u];
      even += tile[(place + 2u) & 255u];
      odd += tile[(place + 3u) & 255u];
      even += tile[(place + 4u) & 255u];
      odd += tile[(place + 5u) & 255u];
      even += tile[(place + 6u) & 255u];
      odd += tile[(place + 7u) & 255u];
    }
    for (var t = shape.steps & ~7u; t < shape.steps; t++) { even += tile[(own + t) & 255u]; }
    if (number < tiles) { y[start + own] = even + odd; }
  }
}
