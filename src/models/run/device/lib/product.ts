/** Chooses the kernel of a matrix product: the yardsticks for plain ones, a vector kernel for one row, else the batched product. */
import { type BmmShape, plain } from '../../../../../shaders/bmm-f32/operation.js';
import { elementCount } from '../../../tensor.js';
import type { BufferRef, DeviceStep, LowerCall } from '../../lowering.js';

/** Best first: what a device cannot run is passed over. */
const gemmRungs = ['gemm-f32/subgroup', 'gemm-f32/direct', 'gemm-f32/blocked', 'gemm-f32/tiled', 'gemm-f32/naive'];
const gemvRungs = ['gemv-f32/subgroup', 'gemv-f32/workgroup', 'gemv-f32/rows', 'gemv-f32/naive'];
const bmmRungs = ['bmm-f32/direct', 'bmm-f32/tiled', 'bmm-f32/naive'];

export interface Product {
  readonly shape: BmmShape;
  readonly a: BufferRef;
  readonly b: BufferRef;
  readonly bias?: BufferRef;
  readonly c: BufferRef;
}

/** What is bound where there is no bias. */
export const noBias: BufferRef = { made: 'none', data: () => new Float32Array(1) };

/** @returns undefined where no kernel can run it on this device. */
export function multiply(call: LowerCall, product: Product): DeviceStep | undefined {
  const { shape, a, b, c, bias = noBias } = product;
  const { m, n, k } = shape;
  if (isPlain(shape)) {
    if (n === 1 && shape.transA === 1) return call.step(gemvRungs, { n: m, k }, { W: a, x: b, y: c });
    if (m === 1 && shape.transB === 2) return call.step(gemvRungs, { n, k }, { W: b, x: a, y: c });
    if (shape.transA === 1 && shape.transB === 1) return call.step(gemmRungs, { m, n, k }, { A: a, B: b, C: c });
  }
  const buffers = { A: a, B: b, bias, C: c };
  // One row: registers along m would all hold the same.
  const direct =
    m < 4 ? call.step(['bmm-f32/direct'], shape, buffers, { threadM: 1, groupY: m === 1 ? 1 : 4 }) : undefined;
  return direct ?? call.step(bmmRungs, shape, buffers);
}

/** One product with nothing around it. */
function isPlain(shape: BmmShape): boolean {
  const { batches, bias, alphaBits, activation } = shape;
  return batches === 1 && bias === 1 && alphaBits === plain.alphaBits && activation === 1;
}

/**
 * How the batch dimensions of an operand meet those of the result: the operand's matrix of product i is ⌊i / repeat⌋ mod count.
 * @returns undefined where broadcast dimensions lie between others, which these two numbers cannot say.
 */
export function broadcastBatch(
  dims: readonly number[],
  to: readonly number[],
): { readonly repeat: number; readonly count: number } | undefined {
  const own = [...new Array<number>(to.length - dims.length).fill(1), ...dims];
  const spread = own.map((size, i) => size === 1 && to[i] !== 1);
  const kept = (i: number): boolean => own[i] !== 1;
  const first = own.findIndex((_, i) => kept(i));
  if (first < 0) return { repeat: 1, count: 1 };
  const last = own.findLastIndex((_, i) => kept(i));
  if (spread.slice(first, last + 1).includes(true)) return undefined;
  return { repeat: elementCount(to.slice(last + 1)), count: elementCount(own) };
}
