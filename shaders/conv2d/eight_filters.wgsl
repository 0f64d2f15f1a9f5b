// The sums of eight filters at four pixels each, in registers. Same functions as four_filters.wgsl.
const FILTERS = 8u;

struct Sums { f0: vec4f, f1: vec4f, f2: vec4f, f3: vec4f, f4: vec4f, f5: vec4f, f6: vec4f, f7: vec4f }

// Places in W, one for each filter.
struct Weights { low: vec4u, high: vec4u }

// Where the weights of the filters from `first` on begin. Those past the end of the group repeat its last: they are not stored.
fn weightsOf(first: u32, end: u32) -> Weights {
  let four = vec4u(first, first + 1u, first + 2u, first + 3u);
  let last = vec4u(end - 1u);
  let size = channelsPerGroup() * window();
  return Weights(min(four, last) * size, min(four + vec4u(4u), last) * size);
}

fn advance(weights: ptr<function, Weights>, by: u32) {
  (*weights).low += vec4u(by);
  (*weights).high += vec4u(by);
}

fn multiplyAdd(sums: ptr<function, Sums>, inputs: vec4f, at: ptr<function, Weights>) {
  (*sums).f0 = fma(inputs, vec4f(W[(*at).low.x]), (*sums).f0);
  (*sums).f1 = fma(inputs, vec4f(W[(*at).low.y]), (*sums).f1);
  (*sums).f2 = fma(inputs, vec4f(W[(*at).low.z]), (*sums).f2);
  (*sums).f3 = fma(inputs, vec4f(W[(*at).low.w]), (*sums).f3);
  (*sums).f4 = fma(inputs, vec4f(W[(*at).high.x]), (*sums).f4);
  (*sums).f5 = fma(inputs, vec4f(W[(*at).high.y]), (*sums).f5);
  (*sums).f6 = fma(inputs, vec4f(W[(*at).high.z]), (*sums).f6);
  (*sums).f7 = fma(inputs, vec4f(W[(*at).high.w]), (*sums).f7);
}

fn storeSums(sums: ptr<function, Sums>, image: u32, first: u32, end: u32, places: vec4u) {
  storeFour(image, first, end, places, (*sums).f0);
  storeFour(image, first + 1u, end, places, (*sums).f1);
  storeFour(image, first + 2u, end, places, (*sums).f2);
  storeFour(image, first + 3u, end, places, (*sums).f3);
  storeFour(image, first + 4u, end, places, (*sums).f4);
  storeFour(image, first + 5u, end, places, (*sums).f5);
  storeFour(image, first + 6u, end, places, (*sums).f6);
  storeFour(image, first + 7u, end, places, (*sums).f7);
}
