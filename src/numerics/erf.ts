/** The error function in doubles, which JavaScript does not have. */

const twoOverRootPi = 2 / Math.sqrt(Math.PI);
/** From here the continued fraction converges faster than the series. */
const turn = 2.5;

/**
 * erf(x) to about 1e-15. Up to 2.5 the series with positive terms
 * erf x = 2/√π·e^(−x²)·Σ 2ⁿx²ⁿ⁺¹/(2n + 1)!! (Abramowitz and Stegun 7.1.6), beyond it Laplace's continued fraction (7.1.14).
 */
export function erf(x: number): number {
  if (Number.isNaN(x)) return x;
  const magnitude = Math.abs(x);
  if (magnitude > 6) return Math.sign(x);
  return Math.sign(x) * (magnitude < turn ? series(magnitude) : 1 - fraction(magnitude));
}

function series(x: number): number {
  const square = 2 * x * x;
  let term = x;
  let sum = x;
  for (let n = 3; term > sum * 1e-17; n += 2) {
    term *= square / n;
    sum += term;
  }
  return twoOverRootPi * Math.exp(-x * x) * sum;
}

/** 1 − erf(x) = e^(−x²)/√π · 1/(x + (1/2)/(x + 1/(x + (3/2)/(x + …)))), from the inside out. */
function fraction(x: number): number {
  let value = x;
  for (let k = 60; k >= 1; k--) value = x + k / 2 / value;
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * value);
}
