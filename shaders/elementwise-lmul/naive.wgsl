@group(0) @binding(1) var<storage, read> A: array<u32>;
@group(0) @binding(2) var<storage, read> B: array<u32>;
@group(0) @binding(3) var<storage, read_write> C: array<u32>;

// One invocation per element. Groups go along x, then y, so that long arrays fit the limit of groups in one dimension.
@compute @workgroup_size(GROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.y * groups.x * u32(GROUP) + id.x;
  if (i >= shape.count) { return; }
  let x = vec4u(A[i]);
  let y = vec4u(B[i]);
  C[i] = lmulSpecials(x, y, lmulProducts(lmulLeft(x).x, lmulRight(y))).x;
}
