const LOW = vec4u(0, 8, 16, 24);
const HIGH = vec4u(4, 12, 20, 28);

// Products of one block of 32 weights, without their scale, with the activations from vector `at` on, in four sums.
// The low nibbles of a word meet one vector of activations, the high ones the vector 16 further: nothing is shuffled.
fn dotBlock(words: vec4u, zeroPoint: f32, at: u32) -> vec4f {
  let zero = vec4f(zeroPoint);
  var sum = activations(at) * decode((vec4u(words.x) >> LOW) & vec4u(15), zero);
  sum = fma(activations(at + 4u), decode((vec4u(words.x) >> HIGH) & vec4u(15), zero), sum);
  sum = fma(activations(at + 1u), decode((vec4u(words.y) >> LOW) & vec4u(15), zero), sum);
  sum = fma(activations(at + 5u), decode((vec4u(words.y) >> HIGH) & vec4u(15), zero), sum);
  sum = fma(activations(at + 2u), decode((vec4u(words.z) >> LOW) & vec4u(15), zero), sum);
  sum = fma(activations(at + 6u), decode((vec4u(words.z) >> HIGH) & vec4u(15), zero), sum);
  sum = fma(activations(at + 3u), decode((vec4u(words.w) >> LOW) & vec4u(15), zero), sum);
  return fma(activations(at + 7u), decode((vec4u(words.w) >> HIGH) & vec4u(15), zero), sum);
}
