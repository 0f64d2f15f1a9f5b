/** What the engine measures: anything that can run R times in one batch and say how long the batch took. */

/** GPU kernels implement it on real clocks (`gpu/batch.ts`); tests implement it on simulated ones. */
export interface Subject {
  readonly id: string;
  /** Runs `dispatches` times in one batch; elapsed ns by the timer in use, quantised as that timer is. */
  readonly run: (dispatches: number) => Promise<number>;
}
