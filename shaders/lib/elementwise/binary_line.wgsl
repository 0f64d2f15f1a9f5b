@group(0) @binding(1) var<storage, read> A: array<Operand>;
@group(0) @binding(2) var<storage, read> B: array<Operand>;
@group(0) @binding(3) var<storage, read_write> C: array<vec4<Result>>;

// Four neighbours per invocation; an operand that stays is read at its one place.
@compute @workgroup_size(THREADS)
fn main(
  @builtin(local_invocation_index) local: u32,
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
) {
  let i = (group.y * groups.x + group.x) * u32(THREADS) + local;
  if (4u * i >= shape.d5) { return; }
  let a = 4u * i * shape.a5;
  let b = 4u * i * shape.b5;
  C[i] = vec4<Result>(
    f(A[a], B[b]),
    f(A[a + shape.a5], B[b + shape.b5]),
    f(A[a + 2u * shape.a5], B[b + 2u * shape.b5]),
    f(A[a + 3u * shape.a5], B[b + 3u * shape.b5]),
  );
}
