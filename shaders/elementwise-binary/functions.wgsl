// WGSL's pow wants a positive base. Whole exponents up to 8 are products, so that squares and cubes round as such.
fn powOf(a: f32, b: f32) -> f32 {
  let whole = round(b) == b;
  if (whole && abs(b) <= 8.0) {
    var product = 1.0;
    let times = u32(abs(b));
    for (var i = 0u; i < 8u; i++) { if (i < times) { product *= a; } }
    return select(product, 1.0 / product, b < 0.0);
  }
  if (a == 0.0) { return 0.0; }
  let magnitude = exp2(b * log2(abs(a)));
  let odd = whole && abs(b) < 16777216.0 && (i32(b) & 1) != 0;
  return select(magnitude, -magnitude, a < 0.0 && odd);
}

// a less whole multiples of b, with the sign of a.
fn remainder(a: f32, b: f32) -> f32 {
  let n = abs(a);
  let m = abs(b);
  var rest = n - floor(n / m) * m;
  // The quotient may have been rounded over a whole number.
  if (rest < 0.0) { rest += m; }
  if (rest >= m) { rest -= m; }
  return select(rest, -rest, a < 0.0);
}

// With the sign of b.
fn floorMod(a: f32, b: f32) -> f32 {
  let rest = remainder(a, b);
  return select(rest, rest + b, rest != 0.0 && (rest < 0.0) != (b < 0.0));
}
