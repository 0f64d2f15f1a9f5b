/** Formats of L-Mul by what differs from the paper's on f32. */
import type { LmulFormat, LmulMode, LmulRounding } from '../../src/numerics/lmul.js';

export function format(
  mode: LmulMode,
  mantissaBits = 23,
  offsetBits = 4,
  rounding: LmulRounding = 'truncate',
): LmulFormat {
  return { mode, mantissaBits, offsetBits, rounding };
}
