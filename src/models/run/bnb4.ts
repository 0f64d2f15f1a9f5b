/** Weights of com.microsoft.MatMulBnb4 as bitsandbytes packs them: codes of a codebook, a scale for each block of the flat matrix. */
import { nf4Codebook } from '../../numerics/int4.js';
import type { Attributes } from './call.js';

/** Blocks that ONNX Runtime computes, largest first. */
export const bnb4Blocks = [256, 128, 64, 32, 16] as const;

/** Values of FP4: a sign, and e2m1 with subnormals of its own, over its largest. Source: bitsandbytes, functional.py, create_fp4_map. */
const fp4 = [0, 0.0625, 8, 12, 4, 6, 2, 3].map((value) => value / 12);

export interface Bnb4Sizes {
  readonly n: number;
  readonly k: number;
  readonly block: number;
  readonly nf4: boolean;
}

/**
 * Sizes by the node's attributes, held against its tensors.
 * @param bytes of B, and `scales` of absmax: how many elements they have.
 * @throws ModelRunError
 */
export function bnb4Sizes(call: Attributes, bytes: number, scales: number): Bnb4Sizes {
  const [n, k, block] = [call.int('N', 0), call.int('K', 0), call.int('block_size', 0)];
  const type = call.int('quant_type', -1);
  if (!(n >= 1 && k >= 1) || !bnb4Blocks.some((each) => each === block) || (type !== 0 && type !== 1)) {
    call.fail('bad-value', `K ${k}, N ${n}, block_size ${block} or quant_type ${type} is out of range`);
  }
  if (call.int('transB', 1) !== 1) call.fail('unsupported-form', 'weights as K × N (transB 0) are not computed');
  const wanted = [Math.ceil((n * k) / 2), Math.ceil((n * k) / block)];
  if (bytes !== wanted[0] || scales !== wanted[1]) {
    const found = `B of ${bytes} bytes and absmax of ${scales}`;
    call.fail('bad-shape', `${found} are not the ${wanted[0]} and ${wanted[1]} of N ${n}, K ${k}`);
  }
  return { n, k, block, nf4: type === 1 };
}

/** The code of an element of the flat [N, K] matrix: the first of two is in the high half of a byte. */
export function bnb4Code(bytes: ArrayLike<number>, i: number): number {
  return (bytes[i >> 1]! >> (i & 1 ? 0 : 4)) & 15;
}

/** The matrix that the codes stand for, n × k, each value rounded to f32. */
export function bnb4Values(
  { n, k, block, nf4 }: Bnb4Sizes,
  bytes: ArrayLike<number>,
  scales: ArrayLike<number>,
): Float32Array<ArrayBuffer> {
  const values = Float32Array.from(nf4 ? nf4Codebook : [...fp4, ...fp4.map((value) => -value)]);
  return Float32Array.from(
    { length: n * k },
    (_, i) => values[bnb4Code(bytes, i)]! * Math.fround(scales[Math.floor(i / block)]!),
  );
}
