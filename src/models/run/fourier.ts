/** The discrete Fourier transform of any length, in doubles. */

export interface Complex {
  readonly real: Float64Array;
  readonly imaginary: Float64Array;
}

/** Σ x[t]·e^(∓2πi·kt/n), minus for the forward transform; not normalized. A power of two in place, others by Bluestein's way. */
export function transform(x: Complex, inverse: boolean): Complex {
  const n = x.real.length;
  if (n <= 1) return { real: x.real.slice(), imaginary: x.imaginary.slice() };
  return Number.isInteger(Math.log2(n)) ? radix2(x, inverse) : chirp(x, inverse);
}

/** Source: Cooley and Tukey 1965. */
function radix2(x: Complex, inverse: boolean): Complex {
  const n = x.real.length;
  const real = new Float64Array(n);
  const imaginary = new Float64Array(n);
  for (let i = 0, j = 0; i < n; i++) {
    real[j] = x.real[i]!;
    imaginary[j] = x.imaginary[i]!;
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j |= bit;
  }
  const sign = inverse ? 1 : -1;
  for (let size = 2; size <= n; size *= 2) {
    const half = size / 2;
    for (let k = 0; k < half; k++) {
      const angle = (sign * 2 * Math.PI * k) / size;
      const [c, s] = [Math.cos(angle), Math.sin(angle)];
      for (let at = k; at < n; at += size) {
        const to = at + half;
        const re = c * real[to]! - s * imaginary[to]!;
        const im = s * real[to]! + c * imaginary[to]!;
        real[to] = real[at]! - re;
        imaginary[to] = imaginary[at]! - im;
        real[at]! += re;
        imaginary[at]! += im;
      }
    }
  }
  return { real, imaginary };
}

/** kt = (k² + t² − (k − t)²)/2 makes the transform a convolution. Source: Bluestein 1970. */
function chirp(x: Complex, inverse: boolean): Complex {
  const n = x.real.length;
  const size = 2 ** Math.ceil(Math.log2(2 * n));
  const sign = inverse ? 1 : -1;
  // k² is reduced modulo 2n, so that the angle stays exact for long signals.
  const angles = Float64Array.from(
    { length: n },
    (_, k) => (sign * Math.PI * Number((BigInt(k) * BigInt(k)) % BigInt(2 * n))) / n,
  );
  const [a, b] = [0, 1].map(() => ({ real: new Float64Array(size), imaginary: new Float64Array(size) })) as [
    Complex,
    Complex,
  ];
  for (let k = 0; k < n; k++) {
    const [c, s] = [Math.cos(angles[k]!), Math.sin(angles[k]!)];
    a.real[k] = x.real[k]! * c - x.imaginary[k]! * s;
    a.imaginary[k] = x.real[k]! * s + x.imaginary[k]! * c;
    for (const at of k === 0 ? [0] : [k, size - k]) {
      b.real[at] = c;
      b.imaginary[at] = -s;
    }
  }
  const [fa, fb] = [radix2(a, false), radix2(b, false)];
  for (let i = 0; i < size; i++) {
    const re = fa.real[i]! * fb.real[i]! - fa.imaginary[i]! * fb.imaginary[i]!;
    fa.imaginary[i] = fa.real[i]! * fb.imaginary[i]! + fa.imaginary[i]! * fb.real[i]!;
    fa.real[i] = re;
  }
  const back = radix2(fa, true);
  const out = { real: new Float64Array(n), imaginary: new Float64Array(n) };
  for (let k = 0; k < n; k++) {
    const [c, s] = [Math.cos(angles[k]!), Math.sin(angles[k]!)];
    out.real[k] = (back.real[k]! * c - back.imaginary[k]! * s) / size;
    out.imaginary[k] = (back.real[k]! * s + back.imaginary[k]! * c) / size;
  }
  return out;
}
