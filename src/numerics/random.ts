/** Seeded random numbers: the same seed gives the same inputs on every machine. */

export const distributions = ['normal', 'uniform', 'laplace', 'student-t3', 'outliers'] as const;

/** `outliers`: standard normal with 1 % of the values multiplied by 20. */
export type Distribution = (typeof distributions)[number];

export interface Random {
  /** Uniform in [0, 1), 32 bits of it. */
  readonly next: () => number;
  /** Uniform integer in [0, bound), bound ≤ 2³². */
  readonly below: (bound: number) => number;
  /** Standard normal. */
  readonly normal: () => number;
  /** `count` values of the chosen distribution, rounded to f32. */
  readonly values: (count: number) => Float32Array<ArrayBuffer>;
}

/** sfc32 (Chris Doty-Humphrey, PractRand), seeded from one 32-bit integer. */
export function seededRandom(seed: number, distribution: Distribution = 'normal'): Random {
  const next = sfc32(seed);
  const normal = boxMuller(next);
  const draw = sampler(distribution, next, normal);
  return {
    next,
    normal,
    below: (bound) => Math.floor(next() * bound),
    values: (count) => {
      const values = new Float32Array(count);
      for (let i = 0; i < count; i++) values[i] = draw();
      return values;
    },
  };
}

function sfc32(seed: number): () => number {
  let a = 0x9e3779b9;
  let b = 0x243f6a88;
  let c = seed | 0;
  let counter = 1;
  const next = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 0x1_0000_0000;
  };
  for (let i = 0; i < 16; i++) next();
  return next;
}

function boxMuller(next: () => number): () => number {
  let spare: number | undefined;
  return () => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - next()));
    const angle = 2 * Math.PI * next();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
}

function sampler(distribution: Distribution, next: () => number, normal: () => number): () => number {
  switch (distribution) {
    case 'normal':
      return normal;
    case 'uniform':
      return () => 2 * next() - 1;
    case 'laplace':
      return () => (next() < 0.5 ? 1 : -1) * Math.log(1 - next());
    case 'student-t3':
      return () => normal() / Math.sqrt((normal() ** 2 + normal() ** 2 + normal() ** 2) / 3);
    case 'outliers':
      return () => normal() * (next() < 0.01 ? 20 : 1);
    default:
      return distribution satisfies never;
  }
}
