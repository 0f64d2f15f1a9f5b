/** Symmetric 8-bit quantization of activations by blocks, as a shader does it in f32, with the codes it may differ in. */
import { requireFinite } from './format-error.js';

export interface Int8Blocks {
  /** −127 … 127. */
  readonly codes: Int8Array<ArrayBuffer>;
  /** One per block. */
  readonly scales: Float32Array<ArrayBuffer>;
  /** 1 where the scaled value lies so close to a tie that a device may round it to the neighbouring code. */
  readonly uncertain: Uint8Array<ArrayBuffer>;
}

/** A block whose largest magnitude is below this counts as all zeros, so that 127 / magnitude stays finite in f32. */
const smallestMagnitude = 2 ** -100;

/**
 * scale = max|x| · (1/127), code = round(x · (127 / max|x|)), ties to even, all in f32.
 * WGSL allows a division to be off by 2.5 ulp, and the product rounds: together below 2⁻²⁰ of the scaled value. Codes within
 * that of a tie are marked; all others are the same on every device.
 * @throws FormatError for a value that is not finite.
 */
export function quantizeInt8Blocks(values: ArrayLike<number>, block: number): Int8Blocks {
  requireFinite(values, 'Activation');
  const codes = new Int8Array(values.length);
  const uncertain = new Uint8Array(values.length);
  const scales = new Float32Array(Math.ceil(values.length / block));
  for (let b = 0; b < scales.length; b++) {
    const end = Math.min(values.length, (b + 1) * block);
    let largest = 0;
    for (let i = b * block; i < end; i++) largest = Math.max(largest, Math.abs(values[i]!));
    if (largest < smallestMagnitude) continue;
    scales[b] = largest * Math.fround(1 / 127);
    const inverse = Math.fround(127 / largest);
    for (let i = b * block; i < end; i++) {
      const scaled = Math.fround(values[i]! * inverse);
      const floor = Math.floor(scaled);
      const rest = scaled - floor;
      codes[i] = Math.max(-127, Math.min(127, rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor));
      uncertain[i] = Math.abs(rest - 0.5) <= Math.abs(scaled) * 2 ** -20 ? 1 : 0;
    }
  }
  return { codes, scales, uncertain };
}
