/** A simulated device: kernels of known time, run on a clock that is as coarse, noisy and unsteady as real ones are. */
import { mean } from 'simple-statistics';
import type { Host } from '../../src/bench/host.js';
import type { TimerFacts } from '../../src/bench/results.js';
import type { Subject } from '../../src/bench/subject.js';
import { seededRandom } from '../../src/numerics/random.js';

export interface Conditions {
  /** Readings are rounded down to multiples of this, ns. */
  readonly quantumNs: number;
  /** Standard deviation of the factor on each batch. */
  readonly noise?: number;
  /** Share of batches that another program interrupts, and for how long, ns. */
  readonly outliers?: { readonly share: number; readonly ns: number };
  /** Other programs on the same cores: interruptions per second of work and their mean length, ns (exponential). */
  readonly crowd?: { readonly perSecond: number; readonly ns: number };
  /** Factor on everything, by time since the start in seconds: drift, steps, throttling. */
  readonly speed?: (seconds: number) => number;
  /** Correlation of the noise of successive batches. */
  readonly correlation?: number;
}

export interface Simulated {
  readonly host: Host;
  readonly timer: TimerFacts;
  /** `ns` may depend on how many batches this subject has run. */
  readonly kernel: (id: string, ns: number | ((batch: number) => number)) => Subject;
  /** Mean factor that `speed` gave over the last batches of a kernel. */
  readonly meanSpeed: (id: string, batches: number) => number;
  /** Hides the tab from and to a time, s. */
  readonly hide: (from: number, to: number) => void;
}

export const overheadNs = 20_000;
export const launchNs = 2_000;

export function simulate(seed: number, conditions: Conditions): Simulated {
  const random = seededRandom(seed);
  const { quantumNs, noise = 0, outliers, crowd, speed = () => 1, correlation = 0 } = conditions;
  let time = random.next() * 1e9;
  const began = time;
  const hidden: [number, number][] = [];
  const factors = new Map<string, number[]>();
  let wander = random.normal();
  const seconds = () => (time - began) / 1e9;
  const read = () => Math.floor(time / quantumNs) * quantumNs;
  const jitter = () => {
    wander = correlation * wander + Math.sqrt(1 - correlation ** 2) * random.normal();
    return 1 + noise * wander;
  };
  const exponential = (mean: number) => -mean * Math.log(1 - random.next());
  const interruptions = (length: number) => {
    let sum = 0;
    for (let at = exponential(1 / crowd!.perSecond); at < length; at += exponential(1 / crowd!.perSecond)) {
      sum += exponential(crowd!.ns);
    }
    return sum;
  };
  return {
    host: {
      now: () => time / 1e6,
      sleep: async (ms) => {
        time += ms * 1e6;
      },
      isHidden: () => hidden.some(([from, to]) => seconds() >= from && seconds() < to),
    },
    timer: { kind: 'timestamp', quantumNs, overheadNs, launchNs },
    kernel: (id, ns) => {
      let count = 0;
      const own: number[] = [];
      factors.set(id, own);
      return {
        id,
        run: async (dispatches) => {
          // Encoding, submitting and mapping: not within the timestamps, and of no fixed length.
          time += 100_000 * (1 + random.next());
          const factor = speed(seconds());
          own.push(factor);
          const start = read();
          const kernelNs = typeof ns === 'number' ? ns : ns(count);
          time += overheadNs + dispatches * kernelNs * factor * jitter();
          count++;
          if (outliers && random.next() < outliers.share) time += outliers.ns;
          if (crowd) time += interruptions((dispatches * kernelNs) / 1e9);
          return read() - start;
        },
      };
    },
    meanSpeed: (id, batches) => mean(factors.get(id)!.slice(-batches)),
    hide: (from, to) => hidden.push([from, to]),
  };
}

/** The conditions every property is tested under, on both coarse clocks. */
export const weathers: Readonly<Record<string, Omit<Conditions, 'quantumNs'>>> = {
  calm: { noise: 0.001 },
  noisy: { noise: 0.03 },
  drifting: { noise: 0.01, speed: (seconds) => 1 + 0.05 * seconds },
  stepped: { noise: 0.01, speed: (seconds) => (seconds < 2 ? 1 : 1.3) },
  interrupted: { noise: 0.01, outliers: { share: 0.03, ns: 5e6 } },
  correlated: { noise: 0.03, correlation: 0.8 },
};

/** Other programs at work: a time then holds their share, and only comparisons can be right. */
export const crowds: Readonly<Record<string, Omit<Conditions, 'quantumNs'>>> = {
  crowded: { noise: 0.01, crowd: { perSecond: 20, ns: 4e6 } },
  overrun: { noise: 0.01, crowd: { perSecond: 100, ns: 8e6 } },
};

export const clocks = { '65,536 ns': 65_536, '100 µs': 100_000 } as const;
