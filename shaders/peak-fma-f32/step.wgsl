@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> coefficients: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>;

alias State = vec4f;
struct Constants { a: vec4f, b: vec4f, c: vec4f, d: vec4f }

fn constants() -> Constants {
  return Constants(coefficients[0], coefficients[1], coefficients[2], coefficients[3]);
}
fn load(i: u32) -> State { return x[i]; }
fn store(i: u32, s: State) { y[i] = s; }

// Two dependent multiply-adds; no compiler knows that c is 1 / a.
fn step(s: State, k: Constants) -> State { return fma(k.c, fma(k.a, s, k.b), k.d); }
