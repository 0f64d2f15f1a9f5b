/** How much time a measurement may take, and when it is good enough to stop. */

export interface Criterion {
  /** Time per subject for everything: choosing the batch, warming up, sampling. */
  readonly seconds: number;
  /** Most time for warming one subject up; it ends earlier when it stops getting faster. */
  readonly warmupSeconds: number;
  /** Content when the half width of the 95 % interval is below this share of the mean … */
  readonly maxNoise: number;
  /** … and there are this many samples: few samples can look quiet by luck. */
  readonly minSamples: number;
}

/** Presets by the name a visitor picks. */
export const thoroughness = {
  quick: { seconds: 3, warmupSeconds: 0.4, maxNoise: 0.01, minSamples: 12 },
  careful: { seconds: 15, warmupSeconds: 1, maxNoise: 0.005, minSamples: 24 },
  thorough: { seconds: 60, warmupSeconds: 2, maxNoise: 0.0025, minSamples: 48 },
} as const satisfies Record<string, Criterion>;

export interface BatchLimits {
  /** A batch lasts at least this many steps of the clock … */
  readonly minQuanta: number;
  /** … and at least this long, ns; … */
  readonly minBatchNs: number;
  /** … but a batch of 2R no longer than this, ns, unless one or two dispatches already are. Keeps a page responsive. */
  readonly maxBatchNs: number;
  /** Most dispatches in the smaller batch: encoding them takes time and memory. */
  readonly maxDispatches: number;
}

export const batchLimits: BatchLimits = {
  minQuanta: 100,
  minBatchNs: 2e6,
  maxBatchNs: 100e6,
  maxDispatches: 16_384,
};

/** Rounds that are taken even where time is up before: below three there is no honest interval. */
export const leastRounds = 3;
