/** What the engine needs from the place it runs in: a clock for its budget, a way to wait, and whether anyone looks. */

export interface Host {
  /** Monotonic, ms. Only budgets are read from it; times of kernels come from the subjects. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** True while the page is hidden: browsers then slow timers and the GPU down, so nothing is measured. */
  readonly isHidden: () => boolean;
}

/** The clock of the page, worker or process; a worker passes on what its page says about visibility. */
export function systemHost(isHidden: () => boolean = () => false): Host {
  return {
    now: () => performance.now(),
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    isHidden,
  };
}
