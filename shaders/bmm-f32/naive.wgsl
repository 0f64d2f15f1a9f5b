@compute @workgroup_size(GROUP_X, GROUP_Y)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.y >= shape.m || id.x >= shape.n) { return; }
  let a = startOfA(id.z);
  let b = startOfB(id.z);
  var sum = 0.0;
  for (var k = 0u; k < shape.k; k++) {
    sum = fma(A[a + placeInA(id.y, k)], B[b + placeInB(k, id.x)], sum);
  }
  finish(id.z, id.y, id.x, sum);
}
