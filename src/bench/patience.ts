/** How long one dispatch may be: which are tried in parts first, and which are so long that they are given no time. */
import { Pace } from '../gpu/pace.js';
import type { DeviceFacts } from '../kernel/facts.js';
import { formatTime } from './format.js';

export interface Patience {
  /** Operations (`effortOf`) up to which a dispatch is run whole without being tried in parts. */
  readonly whole: number;
  /** Operations of a part where a dispatch is tried. */
  readonly part: number;
  /** Parts at most: of more, each is too small to keep the device busy, and their sum says nothing of the whole. */
  readonly parts: number;
  /** The longest dispatch that is given a time, ns. */
  readonly longestNs: number;
  /** Why no longer one is, as the end of a sentence. */
  readonly why: string;
}

/**
 * Windows resets a GPU that does not answer for 2 s, and the page loses its device. A time by slope submits two dispatches at
 * once, so that half a second each leaves half of that to other programs. A product of 1024³ is 2³¹ operations: a kernel that
 * does 10⁹ a second, which is slow on any GPU, needs all of the 2 s for it.
 */
const onGpu: Patience = {
  whole: 2 ** 31,
  part: 2 ** 28,
  parts: 512,
  longestNs: 0.5e9,
  why: 'the system may reset a GPU that one program keeps busy for two seconds',
};

/**
 * Nobody resets the CPU. Between seven and thirteen dispatches make a time, none of which can be cancelled, so that ten
 * seconds are a matter of minutes. A product of 512³ is 2²⁸ operations.
 */
const inSoftware: Patience = {
  whole: 2 ** 28,
  part: 2 ** 25,
  parts: 4096,
  longestNs: 10e9,
  why: 'a time takes at least seven dispatches, and none of them can be cancelled',
};

/** For kernels whose shape was chosen by how long smaller ones took. */
export const shortByDesign: Patience = {
  ...onGpu,
  whole: Number.POSITIVE_INFINITY,
  longestNs: Number.POSITIVE_INFINITY,
};

export function patienceWith({ software }: DeviceFacts): Patience {
  return software ? inSoftware : onGpu;
}

/** Into how many parts a dispatch is cut that costs so many operations. */
export function partsFor(effort: number, { part, parts }: Patience): number {
  return Math.min(parts, Math.ceil(effort / part));
}

/** The pace of one kernel, which knows nothing of the device's others: as fast as it turns out to be. */
export function paceFor(effortOfPart: number): Pace {
  return new Pace(Number.POSITIVE_INFINITY, effortOfPart);
}

/** Why a kernel that is right has no time. */
export function tooLong(ns: number, { longestNs, why }: Patience): string {
  return `One dispatch takes about ${formatTime(ns)} here, and none longer than ${formatTime(longestNs)} is timed: ${why}. Choose a smaller shape.`;
}
