// Functions that WGSL lacks, or promises too little of: sin, cos, asin, acos, atan and tanh have absolute errors up to 2⁻¹¹.

fn magnitudeOfSign(magnitude: f32, x: f32) -> f32 { return select(magnitude, -magnitude, x < 0.0); }

// log(1 + y) for y > −1. Below ½ as 2·atanh(y / (2 + y)), whose series loses nothing near 0.
fn log1pOf(y: f32) -> f32 {
  if (abs(y) > 0.5) { return log(1.0 + y); }
  let s = y / (2.0 + y);
  let z = s * s;
  return 2.0 * s * (1.0 + z * (0.3333333333 + z * (0.2 + z * (0.1428571429 + z * (0.1111111111 + z * (0.0909090909 + z * 0.0769230769))))));
}

// Taylor below ¼, else 1 − 2 / (e²ˣ + 1); 2·10 in the exponent already rounds to 1.
fn tanhOf(x: f32) -> f32 {
  let a = abs(x);
  if (a < 0.25) {
    let z = x * x;
    return x * (1.0 + z * (-0.3333333333 + z * (0.1333333333 + z * (-0.0539682540 + z * 0.0218694885))));
  }
  return magnitudeOfSign(1.0 - 2.0 / (exp(2.0 * min(a, 10.0)) + 1.0), x);
}

fn sinhOf(x: f32) -> f32 {
  let a = abs(x);
  if (a < 0.5) {
    let z = x * x;
    return x * (1.0 + z * (0.1666666667 + z * (0.0083333333 + z * 0.000198412698)));
  }
  return magnitudeOfSign(0.5 * exp(a) - 0.5 * exp(-a), x);
}

fn coshOf(x: f32) -> f32 { return 0.5 * exp(abs(x)) + 0.5 * exp(-abs(x)); }

// Half an angle, from the tangent of one to that of the other.
fn halved(t: f32) -> f32 { return t / (1.0 + sqrt(1.0 + t * t)); }

// atan by its series, for t ≤ tan(π / 16).
fn smallAtan(t: f32) -> f32 {
  let z = t * t;
  return t * (1.0 + z * (-0.3333333333 + z * (0.2 + z * (-0.1428571429 + z * 0.1111111111))));
}

fn atanOf(x: f32) -> f32 {
  return magnitudeOfSign(8.0 * smallAtan(halved(halved(halved(min(abs(x), 1e9))))), x);
}

fn asinOf(x: f32) -> f32 {
  let a = abs(x);
  return magnitudeOfSign(8.0 * smallAtan(halved(halved(a / (1.0 + sqrt((1.0 - a) * (1.0 + a)))))), x);
}

// 2·atan of √((1 − x) / (1 + x)).
fn acosOf(x: f32) -> f32 {
  return 16.0 * smallAtan(halved(halved(halved(sqrt((1.0 - x) / max(1.0 + x, 1e-18))))));
}

fn asinhOf(x: f32) -> f32 {
  let a = min(abs(x), 1e9);
  var sum = log1pOf(a + a * a / (1.0 + sqrt(1.0 + a * a)));
  if (abs(x) > 1e9) { sum += log(abs(x)) - log(1e9); }
  return magnitudeOfSign(sum, x);
}

fn acoshOf(x: f32) -> f32 {
  let y = x - 1.0;
  return log1pOf(y + sqrt(y * (y + 2.0)));
}

fn atanhOf(x: f32) -> f32 {
  let a = abs(x);
  return magnitudeOfSign(0.5 * log1pOf(2.0 * a / (1.0 - a)), x);
}

// x less a multiple of π/2, which is taken off in three parts so that the first two products are exact.
struct Reduced { rest: f32, quarter: i32 }
fn reduced(x: f32) -> Reduced {
  let k = round(x * 0.6366197724);
  return Reduced(((x - k * 1.5703125) - k * 4.837512969970703e-4) - k * 7.549789948768648e-8, i32(k));
}

fn smallSin(r: f32) -> f32 {
  let z = r * r;
  return r * (1.0 + z * (-0.1666666667 + z * (0.0083333333 + z * (-0.000198412698 + z * 2.75573192e-6))));
}

fn smallCos(r: f32) -> f32 {
  let z = r * r;
  return 1.0 + z * (-0.5 + z * (0.0416666667 + z * (-0.00138888889 + z * (2.48015873e-5 + z * -2.75573192e-7))));
}

fn sinOf(x: f32) -> f32 {
  let part = reduced(x);
  let magnitude = select(smallSin(part.rest), smallCos(part.rest), (part.quarter & 1) != 0);
  return select(magnitude, -magnitude, (part.quarter & 2) != 0);
}

fn cosOf(x: f32) -> f32 {
  let part = reduced(x);
  let magnitude = select(smallCos(part.rest), smallSin(part.rest), (part.quarter & 1) != 0);
  return select(magnitude, -magnitude, ((part.quarter + 1) & 2) != 0);
}

fn tanOf(x: f32) -> f32 {
  let part = reduced(x);
  let s = smallSin(part.rest);
  let c = smallCos(part.rest);
  if ((part.quarter & 1) != 0) { return -c / s; }
  return s / c;
}

// Series below ½; else Abramowitz and Stegun 7.1.26, which is off by at most 1.5·10⁻⁷.
fn erfOf(x: f32) -> f32 {
  let a = abs(x);
  if (a < 0.5) {
    let z = x * x;
    return x * (1.1283791671 + z * (-0.3761263890 + z * (0.1128379167 + z * (-0.0268661706 + z * (0.0052239776 + z * -0.000854832701)))));
  }
  let t = 1.0 / (1.0 + 0.3275911 * a);
  let sum = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return magnitudeOfSign(1.0 - sum * exp(-min(a, 9.0) * min(a, 9.0)), x);
}

fn sigmoidOf(x: f32) -> f32 {
  let e = exp(-abs(x));
  return select(1.0, e, x < 0.0) / (1.0 + e);
}

// e to the x, less 1.
fn expm1Of(x: f32) -> f32 {
  if (abs(x) > 0.5) { return exp(x) - 1.0; }
  return x * (1.0 + x * (0.5 + x * (0.1666666667 + x * (0.0416666667 + x * (0.0083333333 + x * (0.00138888889 + x * 0.000198412698))))));
}

fn softplusOf(x: f32) -> f32 { return max(x, 0.0) + log1pOf(exp(-abs(x))); }
