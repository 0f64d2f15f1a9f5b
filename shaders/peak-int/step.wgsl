@group(0) @binding(1) var<storage, read> x: array<vec4u>;
@group(0) @binding(2) var<storage, read> coefficients: array<vec4u>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4u>;

alias State = vec4u;
struct Constants { b: vec4u, c: vec4u }

fn constants() -> Constants { return Constants(coefficients[0], coefficients[1]); }
fn load(i: u32) -> State { return x[i]; }
fn store(i: u32, s: State) { y[i] = s; }

// Additions alone could be gathered into one; the xor between them keeps each.
fn step(s: State, k: Constants) -> State { return (s + k.b) ^ k.c; }
