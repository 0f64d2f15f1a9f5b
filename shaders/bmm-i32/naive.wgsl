@compute @workgroup_size(GROUP_X, GROUP_Y)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.y >= shape.m || id.x >= shape.n) { return; }
  let a = startOfA(id.z) + id.y * shape.k;
  let b = startOfB(id.z) + id.x;
  let left = zeroOfA(id.y);
  let right = zeroOfB(id.x);
  var sum = 0;
  for (var k = 0u; k < shape.k; k++) { sum += (A[a + k] - left) * (B[b + k * shape.n] - right); }
  finish(id.z, id.y, id.x, sum);
}
