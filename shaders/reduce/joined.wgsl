// Two sums of exponentials (largest exponent, sum relative to it) as one; the larger keeps its sum.
fn joined(p: vec2f, q: vec2f) -> vec2f {
  let most = max(p.x, q.x);
  return vec2f(most, p.y * exp(p.x - most) + q.y * exp(q.x - most));
}
