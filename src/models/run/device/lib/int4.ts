/** The kernels of 4-bit weights, best first, and the choice between one row and many. */
import type { BufferRef, DeviceStep, LowerCall } from '../../lowering.js';

export const int4Rungs = {
  gemm: ['gemm-int4/subgroup', 'gemm-int4/direct', 'gemm-int4/tiled', 'gemm-int4/naive'],
  gemv: ['gemv-int4/split-columns', 'gemv-int4/columns', 'gemv-int4/direct', 'gemv-int4/naive'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export interface Int4Sizes {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly groupSize: number;
  /** 1 symmetric, 2 with zero points, 3 NF4. */
  readonly scheme: number;
}

/**
 * Input 0 times packed weights, into output 0.
 * @returns undefined where no kernel can run it on this device.
 */
export function multiplyInt4(
  call: LowerCall,
  { m, ...shape }: Int4Sizes,
  weights: Readonly<Record<'weights' | 'scales' | 'zeroPoints', BufferRef>>,
): DeviceStep | undefined {
  if (m === 1) return call.step(int4Rungs.gemv, shape, { x: { input: 0 }, ...weights, y: { output: 0 } });
  return call.step(int4Rungs.gemm, { m, ...shape }, { A: { input: 0 }, ...weights, C: { output: 0 } });
}
