@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> coefficients: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>;

struct State { x: vec4f, d: vec4f }
alias Constants = vec4f;

fn constants() -> Constants { return coefficients[0]; }
fn load(i: u32) -> State { return State(x[i], constants() + x[i]); }
fn store(i: u32, s: State) { y[i] = s.x; }

// One special function per lane; the addition beside it takes another unit.
fn step(s: State, k: Constants) -> State { return State(inverseSqrt(s.x + s.d), s.d); }
