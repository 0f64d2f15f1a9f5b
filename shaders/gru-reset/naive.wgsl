@group(0) @binding(4) var<storage, read> before: array<f32>;
@group(0) @binding(5) var<storage, read_write> gated: array<f32>;

// A unit per invocation; the reset gate is the second.
fn element(u: u32) {
  if (u >= units()) { return; }
  let at = unitAt(u, GATES);
  gated[u] = sigmoidOf(gateSum(at, 1u)) * before[u];
}
