/** The space that is searched: every combination of a kernel's tunables, apart from those this device cannot run. */
import { refuse } from '../../gpu/pipelines.js';
import type { DeviceFacts } from '../../kernel/facts.js';
import type { Kernel, Tunable, Tunables } from '../../kernel/kernel.js';
import type { Shape } from '../../kernel/operation.js';
import { defaultTunables } from '../../kernel/tunables.js';
import { keyOf } from './points.js';

export interface Refused {
  readonly tunables: Tunables;
  readonly reason: string;
}

export interface Space {
  /** Those that can be tried, the default first even where it is none of the listed values. */
  readonly candidates: readonly Tunables[];
  /** Those that cannot, with the kernel's or the device's reason. */
  readonly refused: readonly Refused[];
}

/** Checks every combination against kernel and device; nothing is compiled. */
export function spaceOf(kernel: Kernel, shape: Shape, facts: DeviceFacts): Space {
  const candidates: Tunables[] = [];
  const refused: Refused[] = [];
  for (const tunables of combinations(kernel)) {
    const refusal = refuse(kernel, { shape, tunables }, facts);
    if (refusal) refused.push({ tunables, reason: refusal.reason });
    else candidates.push(tunables);
  }
  return { candidates, refused };
}

/** The default, then the product of all values in the order of the tunables. */
function combinations(kernel: Kernel): readonly Tunables[] {
  const usual = defaultTunables(kernel);
  let product: Tunables[] = [{}];
  for (const [name, { values }] of Object.entries<Tunable>(kernel.tunables)) {
    product = product.flatMap((chosen) => values.map((value) => ({ ...chosen, [name]: value })));
  }
  const usualKey = keyOf(usual);
  return [usual, ...product.filter((tunables) => keyOf(tunables) !== usualKey)];
}
