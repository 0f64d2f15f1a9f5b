@group(0) @binding(1) var<storage, read> A: array<vec4u>;
@group(0) @binding(2) var<storage, read> B: array<vec4u>;
@group(0) @binding(3) var<storage, read_write> C: array<vec4u>;

// One invocation per four elements: 16-byte loads and one store.
@compute @workgroup_size(GROUP)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.y * groups.x * u32(GROUP) + id.x;
  if (4u * i >= shape.count) { return; }
  let x = A[i];
  let y = B[i];
  let left = lmulLeft(x);
  let right = lmulRight(y);
  let product = vec4u(
    lmulProduct(left.x, right.x),
    lmulProduct(left.y, right.y),
    lmulProduct(left.z, right.z),
    lmulProduct(left.w, right.w),
  );
  C[i] = lmulSpecials(x, y, product);
}
