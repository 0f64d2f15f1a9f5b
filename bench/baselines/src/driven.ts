/** The boundary between page and driver: plain data. */
import type { Environment } from '../../../src/bench/results.js';
import type { WorkResult } from './run-work.js';

export interface BaselinesPage {
  /** Opens the adapter with a seed for the inputs and the seconds that each entrant may take. */
  readonly environment: (seed: number, seconds: number) => Promise<Omit<Environment, 'version' | 'runtime'>>;
  /** @param work index in the list of works */
  readonly run: (work: number) => Promise<WorkResult>;
  /** @param given environment and `ModelRequest`; the answer is a `ModelReport`, both as `src/cli/crossing.ts` writes them */
  readonly compareModel: (given: string) => Promise<string>;
}

declare global {
  var baselines: BaselinesPage | undefined;
  /** Put there by the driver. */
  var baselinesSay: ((text: string) => void) | undefined;
}
