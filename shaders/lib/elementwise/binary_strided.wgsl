@group(0) @binding(1) var<storage, read> A: array<Operand>;
@group(0) @binding(2) var<storage, read> B: array<Operand>;
@group(0) @binding(3) var<storage, read_write> C: array<Result>;

// An element per invocation, wherever its operands lie.
@compute @workgroup_size(THREADS)
fn main(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
) {
  let i = (group.y * groups.x + group.x) * u32(THREADS) + local;
  if (i >= shape.d0 * shape.d1 * shape.d2 * shape.d3 * shape.d4 * shape.d5) { return; }
  let c = coordinates(i);
  C[i] = f(A[place_a(c)], B[place_b(c)]);
}
