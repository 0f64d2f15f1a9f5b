/** Rounding as hardware and quantization do it. */

/** Nearest integer, ties to even, as WGSL's `round`. */
export function roundToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor;
}
