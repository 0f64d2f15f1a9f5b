@group(0) @binding(4) var<storage, read> peephole: array<f32>;
@group(0) @binding(5) var<storage, read> c: array<f32>;
@group(0) @binding(6) var<storage, read_write> y: array<f32>;
@group(0) @binding(7) var<storage, read_write> h: array<f32>;
@group(0) @binding(8) var<storage, read_write> cell: array<f32>;

fn factor(at: Unit, k: u32) -> f32 { return peephole[(at.d * 3u + k) * shape.hidden + at.i]; }

// A unit per invocation; gates in the order input, output, forget, cell.
fn element(u: u32) {
  if (u >= units()) { return; }
  let at = unitAt(u, GATES);
  let earlier = c[u];
  let input = sigmoidOf(gateSum(at, 0u) + factor(at, 0u) * earlier);
  let forget = sigmoidOf(gateSum(at, 2u) + factor(at, 2u) * earlier);
  let now = forget * earlier + input * tanhOf(gateSum(at, 3u));
  let output = sigmoidOf(gateSum(at, 1u) + factor(at, 1u) * now);
  let state = output * tanhOf(now);
  y[at.y] = state;
  h[u] = state;
  cell[u] = now;
}
