@group(0) @binding(1) var<storage, read> x: array<vec4u>;
@group(0) @binding(2) var<storage, read> coefficients: array<vec4u>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>;

struct State { bits: vec4u, sum: vec4f }
alias Constants = vec4u;

fn constants() -> Constants { return coefficients[0]; }
fn load(i: u32) -> State { return State(x[i], vec4f()); }
fn store(i: u32, s: State) { y[i] = s.sum; }

// What one product of L-Mul costs: an integer and a float addition.
fn step(s: State, k: Constants) -> State {
  let bits = s.bits + k;
  return State(bits, s.sum + bitcast<vec4f>(bits));
}
