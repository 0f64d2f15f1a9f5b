/** The formulas of `functions.wgsl` with their running errors: what each function's bound is derived from. */
import { type Approximate, approximate, polynomial } from '../running-error.js';

type Formula = (x: Approximate) => Approximate;

/** Terms of Taylor series as functions.wgsl writes them. */
const oddHarmonics = (signs: 1 | -1, count: number): readonly number[] =>
  Array.from({ length: count }, (_, i) => signs ** i / (2 * i + 1));

export const log1p: Formula = (y) => {
  if (Math.abs(y.value) > 0.5) return y.plus(1).log();
  const s = y.over(y.plus(2));
  return s.scaled(2).times(polynomial(s.times(s), oddHarmonics(1, 7)));
};

/** An odd function, from its formula for x ≥ 0. */
const odd =
  (positive: Formula): Formula =>
  (x) =>
    x.value < 0 ? positive(x.scaled(-1)).scaled(-1) : positive(x);

/** The larger error of both sides of a threshold that x may be on either side of. */
const split =
  (threshold: number, below: Formula, above: Formula): Formula =>
  (x) =>
    x.value < threshold ? below(x) : above(x);

export const tanh: Formula = odd(
  split(
    0.25,
    (x) => x.times(polynomial(x.times(x), [1, -1 / 3, 2 / 15, -17 / 315, 62 / 2835])),
    (x) => approximate(1).minus(approximate(2).over(least(x, 10).scaled(2).exp().plus(1))),
  ),
);

export const sinh: Formula = odd(
  split(
    0.5,
    (x) => x.times(polynomial(x.times(x), [1, 1 / 6, 1 / 120, 1 / 5040])),
    (x) => x.exp().scaled(0.5).minus(x.scaled(-1).exp().scaled(0.5)),
  ),
);

export const cosh: Formula = (x) => {
  const a = x.magnitude();
  return a.exp().scaled(0.5).plus(a.scaled(-1).exp().scaled(0.5));
};

const halved: Formula = (t) => t.over(t.times(t).plus(1).sqrt().plus(1));

const smallAtan: Formula = (t) => t.times(polynomial(t.times(t), oddHarmonics(-1, 5)));

const least = (x: Approximate, most: number): Approximate => (x.value > most ? approximate(most) : x);

export const atan: Formula = odd((x) => smallAtan(halved(halved(halved(least(x, 1e9))))).scaled(8));

export const asin: Formula = odd((x) => {
  const root = approximate(1).minus(x).times(x.plus(1)).sqrt();
  return smallAtan(halved(halved(x.over(root.plus(1))))).scaled(8);
});

export const acos: Formula = (x) => {
  const below = x.plus(1);
  const quotient = approximate(1)
    .minus(x)
    .over(below.value < 1e-18 ? approximate(1e-18) : below);
  return smallAtan(halved(halved(halved(quotient.sqrt())))).scaled(16);
};

export const asinh: Formula = odd((x) => {
  const a = least(x, 1e9);
  const square = a.times(a);
  const near = log1p(a.plus(square.over(square.plus(1).sqrt().plus(1))));
  const far = approximate(Math.max(x.value, 1e9)).log().minus(approximate(1e9).log());
  return near.plus(x.value > 1e9 ? far : approximate(0));
});

export const acosh: Formula = (x) => {
  const y = x.minus(1);
  return log1p(y.plus(y.times(y.plus(2)).sqrt()));
};

export const atanh: Formula = odd((x) => log1p(x.scaled(2).over(approximate(1).minus(x))).scaled(0.5));

const thirds = [1.5703125, 4.837512969970703e-4, 7.549789948768648e-8];

/** What stays of x after whole quarters of a turn. The first two products are exact while k has at most 12 bits. */
function reduced(x: Approximate): { readonly rest: Approximate; readonly quarter: number } {
  const k = Math.round(x.value * (2 / Math.PI));
  const rest = thirds.reduce((r, part, i) => {
    const product = approximate(k).times(part);
    return r.minus(i < 2 && Math.abs(k) < 4096 ? approximate(product.value) : product);
  }, x);
  return { rest, quarter: ((k % 4) + 4) % 4 };
}

const smallSin: Formula = (r) => r.times(polynomial(r.times(r), [1, -1 / 6, 1 / 120, -1 / 5040, 1 / 362880]));
const smallCos: Formula = (r) => polynomial(r.times(r), [1, -1 / 2, 1 / 24, -1 / 720, 1 / 40320, -1 / 3628800]);

export const sin: Formula = (x) => {
  const { rest, quarter } = reduced(x);
  const magnitude = quarter % 2 === 1 ? smallCos(rest) : smallSin(rest);
  return quarter >= 2 ? magnitude.scaled(-1) : magnitude;
};

export const cos: Formula = (x) => {
  const { rest, quarter } = reduced(x);
  const magnitude = quarter % 2 === 1 ? smallSin(rest) : smallCos(rest);
  return quarter === 1 || quarter === 2 ? magnitude.scaled(-1) : magnitude;
};

export const tan: Formula = (x) => {
  const { rest, quarter } = reduced(x);
  const [s, c] = [smallSin(rest), smallCos(rest)];
  return quarter % 2 === 1 ? c.over(s).scaled(-1) : s.over(c);
};

const series = [1, -1 / 3, 1 / 10, -1 / 42, 1 / 216, -1 / 1320].map((term) => (2 / Math.sqrt(Math.PI)) * term);
const steguns = [0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429];

export const erf: Formula = odd(
  split(
    0.5,
    (x) => x.times(polynomial(x.times(x), series)),
    (x) => {
      const t = approximate(1).over(x.times(0.3275911).plus(1));
      const capped = least(x, 9);
      const tail = capped.times(capped).scaled(-1).exp();
      return approximate(1).minus(t.times(polynomial(t, steguns)).times(tail));
    },
  ),
);

export const sigmoid: Formula = (x) => {
  const e = x.magnitude().scaled(-1).exp();
  return (x.value < 0 ? e : approximate(1)).over(e.plus(1));
};

export const expm1: Formula = (x) =>
  Math.abs(x.value) > 0.5
    ? x.exp().minus(1)
    : x.times(polynomial(x, [1, 1 / 2, 1 / 6, 1 / 24, 1 / 120, 1 / 720, 1 / 5040]));

export const softplus: Formula = (x) => log1p(x.magnitude().scaled(-1).exp()).plus(x.value > 0 ? x : approximate(0));
