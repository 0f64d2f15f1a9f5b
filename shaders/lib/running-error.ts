/**
 * Running error analysis of f32 formulas (Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., §3.3) with the
 * accuracy that WGSL promises for each built-in (https://www.w3.org/TR/WGSL/#floating-point-accuracy).
 */

/** WGSL rounds up or down as it likes: one unit in the last place, which is at most this part of a value. */
const ulp = 2 ** -23;

/** Least normal number: results below it may be flushed to zero. */
const leastNormal = 2 ** -126;

/** A value in doubles and how far the f32 that stands for it can be from it. */
export class Approximate {
  readonly value: number;
  readonly error: number;

  constructor(value: number, error = 0) {
    this.value = value;
    this.error = error;
  }

  /** Largest magnitude that the f32 can have. */
  get most(): number {
    return Math.abs(this.value) + this.error;
  }

  plus(other: Approximate | number): Approximate {
    const { value, error } = of(other);
    return rounded(this.value + value, this.error + error);
  }

  minus(other: Approximate | number): Approximate {
    const { value, error } = of(other);
    return rounded(this.value - value, this.error + error);
  }

  times(other: Approximate | number): Approximate {
    const right = of(other);
    return rounded(this.value * right.value, this.error * right.most + Math.abs(this.value) * right.error);
  }

  /** 2.5 ulp. */
  over(other: Approximate | number): Approximate {
    const right = of(other);
    const least = Math.max(Math.abs(right.value) - right.error, Number.MIN_VALUE);
    const value = this.value / right.value;
    return rounded(value, (this.error + Math.abs(value) * right.error) / least, 2.5);
  }

  /** Multiplied by a power of two or negated: exact. */
  scaled(factor: number): Approximate {
    return new Approximate(this.value * factor, this.error * Math.abs(factor));
  }

  magnitude(): Approximate {
    return new Approximate(Math.abs(this.value), this.error);
  }

  /** 3 + 2·|x| ulp. */
  exp(): Approximate {
    const value = Math.exp(this.value);
    return rounded(value, value * Math.expm1(this.error), 3 + 2 * this.most);
  }

  /** 2⁻²¹ in [½, 2], 3 ulp outside. */
  log(): Approximate {
    const least = Math.max(this.value - this.error, Number.MIN_VALUE);
    return rounded(Math.log(this.value), this.error / least + 2 ** -21, 3);
  }

  /** Inherited from 1 / inverseSqrt(x): 2 ulp, then 2.5. */
  sqrt(): Approximate {
    const value = Math.sqrt(Math.max(this.value, 0));
    // √(v + e) − √v is at most √e, and e/√v away from zero.
    const passed = Math.min(Math.sqrt(this.error), value > 0 ? this.error / value : Number.POSITIVE_INFINITY);
    return rounded(value, passed, 5);
  }
}

export function approximate(value: number): Approximate {
  return new Approximate(value);
}

/** c₀ + z·(c₁ + z·(c₂ + …)). @param coefficients that f32 does not hold are rounded there, too. */
export function polynomial(z: Approximate, coefficients: readonly number[]): Approximate {
  const [last, ...rest] = [...coefficients].reverse().map(constant);
  return rest.reduce((sum, coefficient) => coefficient.plus(sum.times(z)), last!);
}

/** A number written in WGSL, rounded to f32 by the compiler. */
export function constant(value: number): Approximate {
  return new Approximate(value, Math.abs(value - Math.fround(value)));
}

function of(given: Approximate | number): Approximate {
  return typeof given === 'number' ? constant(given) : given;
}

function rounded(value: number, passed: number, ulps = 1): Approximate {
  const most = Math.abs(value) + passed;
  return new Approximate(value, passed + ulps * ulp * most + (most > 0 && most < 2 * leastNormal ? leastNormal : 0));
}

/** Bound on |f32 result − exact|: what the formula loses by rounding, and what it is off by in exact arithmetic. */
export function boundOf(computed: Approximate, exact: number): number {
  return computed.error + Math.abs(computed.value - exact);
}
