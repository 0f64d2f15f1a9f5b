// The sums of four filters at four pixels each, in registers.
const FILTERS = 4u;

struct Sums { f0: vec4f, f1: vec4f, f2: vec4f, f3: vec4f }

// Places in W, one for each filter.
alias Weights = vec4u;

// Where the weights of the filters from `first` on begin. Those past the end of the group repeat its last: they are not stored.
fn weightsOf(first: u32, end: u32) -> Weights {
  return min(vec4u(first, first + 1u, first + 2u, first + 3u), vec4u(end - 1u)) * channelsPerGroup() * window();
}

fn advance(weights: ptr<function, Weights>, by: u32) { *weights += vec4u(by); }

fn multiplyAdd(sums: ptr<function, Sums>, inputs: vec4f, at: ptr<function, Weights>) {
  (*sums).f0 = fma(inputs, vec4f(W[(*at).x]), (*sums).f0);
  (*sums).f1 = fma(inputs, vec4f(W[(*at).y]), (*sums).f1);
  (*sums).f2 = fma(inputs, vec4f(W[(*at).z]), (*sums).f2);
  (*sums).f3 = fma(inputs, vec4f(W[(*at).w]), (*sums).f3);
}

fn storeSums(sums: ptr<function, Sums>, image: u32, first: u32, end: u32, places: vec4u) {
  storeFour(image, first, end, places, (*sums).f0);
  storeFour(image, first + 1u, end, places, (*sums).f1);
  storeFour(image, first + 2u, end, places, (*sums).f2);
  storeFour(image, first + 3u, end, places, (*sums).f3);
}
