/** What a reader of files does with damaged ones: single bytes changed, runs cut out, ends cut off. */
import { ModelFileError, type ModelFileFault } from '../../src/models/errors.js';
import { seededRandom } from '../../src/numerics/random.js';

export interface Endured {
  readonly read: number;
  readonly refused: number;
  /** Slowest case in milliseconds, the best of four runs. */
  readonly worst: number;
}

/** Damaged files per parser: a nightly run asks for ten times as many. */
export const mutationCount = Number(process.env.TILEWATT_MUTATIONS ?? 10_000);

const telling = [0, 1, 0x7f, 0x80, 0xff, 0x22, 0x2c, 0x7b];

/**
 * Reads `count` damaged copies of `bytes`: mostly one to four bytes set at random, some cut short.
 * @param within damage stays in the first bytes, where the header is.
 * @throws whatever the reader throws that is no ModelFileError.
 */
export function endure(
  bytes: Uint8Array<ArrayBuffer>,
  read: (bytes: Uint8Array<ArrayBuffer>) => unknown,
  { count = mutationCount, seed = 1, within = bytes.length } = {},
): Endured {
  const random = seededRandom(seed);
  let [refused, worst] = [0, 0];
  for (let i = 0; i < count; i++) {
    const copy = bytes.slice(0, random.below(20) === 0 ? random.below(bytes.length) : bytes.length);
    for (let k = random.below(4); k >= 0; k--) {
      const value = random.below(2) === 0 ? random.below(256) : telling[random.below(telling.length)]!;
      if (copy.length > 0) copy[random.below(Math.min(within, copy.length))] = value;
    }
    const first = timed(copy, read);
    if (first.refused) refused++;
    // A slow input is slow every time; a pause of the machine is not.
    const again = first.ms > 10 ? [0, 1, 2].map(() => timed(copy, read).ms) : [];
    worst = Math.max(worst, Math.min(first.ms, ...again));
  }
  return { read: count - refused, refused, worst };
}

function timed(
  bytes: Uint8Array<ArrayBuffer>,
  read: (bytes: Uint8Array<ArrayBuffer>) => unknown,
): { readonly ms: number; readonly refused: boolean } {
  const started = performance.now();
  const refused = faultOf(() => read(bytes)) !== 'none';
  return { ms: performance.now() - started, refused };
}

/** The fault a reader finds, or `none`; other errors pass through. */
export function faultOf(run: () => unknown): ModelFileFault | 'none' {
  try {
    run();
    return 'none';
  } catch (error) {
    if (error instanceof ModelFileError) return error.code;
    throw error;
  }
}
