/** Builds the points of a sweep: some sizes vary, the others stay, and every kernel gets the sizes its operation has. */
import type { Shape } from '../kernel/operation.js';

/** What has to be known of a kernel's operation; the page knows it from the catalogue's cards. */
export interface Sweepable {
  readonly id: string;
  readonly tunables?: Readonly<Record<string, number>>;
  /** Names of its operation's sizes. */
  readonly parameters: readonly string[];
  /** A shape of its operation to take sizes from that nobody named, e.g. the group size. */
  readonly example: Shape;
}

export interface Sweep {
  /** Sizes that take the varying value, e.g. `['m', 'n', 'k']` for squares or `['densityPerMille']`. */
  readonly vary: readonly string[];
  readonly values: readonly number[];
  /** The sizes that stay; each kernel takes those it has. */
  readonly shape: Shape;
  readonly kernels: readonly Sweepable[];
}

export interface Point {
  readonly at: number;
  readonly shape: Shape;
  readonly kernels: readonly {
    readonly id: string;
    readonly tunables?: Readonly<Record<string, number>>;
    readonly shape: Shape;
  }[];
}

/** One point per value, ascending. A kernel that has none of the varying sizes is measured anew at each, as the yardstick. */
export function sweepPoints({ vary, values, shape, kernels }: Sweep): readonly Point[] {
  return [...new Set(values)]
    .sort((a, b) => a - b)
    .map((at) => {
      const sizes = { ...shape, ...Object.fromEntries(vary.map((name) => [name, at])) };
      return {
        at,
        shape: sizes,
        kernels: kernels.map(({ id, tunables, parameters, example }) => ({
          id,
          ...(tunables ? { tunables } : {}),
          shape: Object.fromEntries(parameters.map((name) => [name, sizes[name] ?? example[name] ?? 1])),
        })),
      };
    });
}
