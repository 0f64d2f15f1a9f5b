@group(0) @binding(1) var<storage, read> x: array<vec4u>;
@group(0) @binding(2) var<storage, read> coefficients: array<vec4u>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4u>;

alias State = vec4u;
struct Constants { b: vec4u, c: vec4u }

fn constants() -> Constants { return Constants(coefficients[0], coefficients[1]); }
fn load(i: u32) -> State { return x[i]; }
fn store(i: u32, s: State) { y[i] = s; }

// Four products with an addend, one per lane; each needs the one before.
fn step(s: State, k: Constants) -> State {
  return k.c + bitcast<vec4u>(vec4i(
    dot4I8(s.x, k.b.x),
    dot4I8(s.y, k.b.y),
    dot4I8(s.z, k.b.z),
    dot4I8(s.w, k.b.w),
  ));
}
