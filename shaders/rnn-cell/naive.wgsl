@group(0) @binding(4) var<storage, read_write> y: array<f32>;
@group(0) @binding(5) var<storage, read_write> h: array<f32>;

// A unit per invocation.
fn element(u: u32) {
  if (u >= units()) { return; }
  let at = unitAt(u, GATES);
  let sum = gateSum(at, 0u);
  let state = select(max(sum, 0.0), tanhOf(sum), shape.activation == 1u);
  y[at.y] = state;
  h[u] = state;
}
