@group(0) @binding(4) var<storage, read> gated: array<f32>;
@group(0) @binding(5) var<storage, read> before: array<f32>;
@group(0) @binding(6) var<storage, read_write> y: array<f32>;
@group(0) @binding(7) var<storage, read_write> h: array<f32>;

// A unit per invocation; gates in the order update, reset, candidate.
fn element(u: u32) {
  if (u >= units()) { return; }
  let at = unitAt(u, GATES);
  let own = 2u * shape.hidden;
  let recurrentBias = bias[at.bias + GATES * shape.hidden + own];
  let update = sigmoidOf(gateSum(at, 0u));
  var inner: f32;
  if (shape.linear == 1u) {
    inner = sigmoidOf(gateSum(at, 1u)) * (r[at.r + own] + recurrentBias);
  } else {
    inner = gated[u] + recurrentBias;
  }
  let candidate = tanhOf((x[at.x + own] + bias[at.bias + own]) + inner);
  let state = (1.0 - update) * candidate + update * before[u];
  y[at.y] = state;
  h[u] = state;
}
