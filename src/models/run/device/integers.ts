/** Products of quantized tensors: integers, exact, with scales only at their end. */
import { type IntegerBmmShape, longestSum, plain } from '../../../../shaders/bmm-i32/operation.js';
import { type ElementType, elementCount } from '../../tensor.js';
import type { BufferRef, Lower, LowerCall, Lowering } from '../lowering.js';
import { broadcastDims } from '../shapes.js';
import { Steps } from '../steps.js';
import { integerRange } from '../values.js';
import { gemmRungs, hasPlainWeights, movedBy, packedColumns, packRows, zeroOr } from './lib/bytes.js';
import { broadcastBatch } from './lib/product.js';

const codes: ReadonlySet<ElementType> = new Set(['i8', 'u8', 'i4', 'u4']);

interface Sides {
  /** Inputs with the operands and their zero points. */
  readonly a: number;
  readonly b: number;
  readonly aZero: number;
  readonly bZero: number;
}

interface Sizes {
  readonly shape: IntegerBmmShape;
  readonly dims: readonly number[];
}

/** Sizes of the product, or a clause on why no kernel computes it. */
function sizesOf(call: LowerCall, { a, b, aZero, bZero }: Sides): Sizes | string {
  const [left, right] = [call.input(a), call.input(b)];
  if (!codes.has(left.type) || !codes.has(right.type)) return `${left.type} by ${right.type} is multiplied on the host`;
  if (left.dims.length < 2 || right.dims.length < 2) return 'vectors of codes are multiplied on the host';
  const [m, k] = left.dims.slice(-2) as [number, number];
  const [inner, n] = right.dims.slice(-2) as [number, number];
  if (inner !== k) call.fail('bad-shape', `[${left.dims}] and [${right.dims}] do not multiply`);
  if (k > longestSum) return `sums of ${k} products may need more than 32 bits`;
  const [outerA, outerB] = [left.dims.slice(0, -2), right.dims.slice(0, -2)];
  const outer = broadcastDims(call, outerA, outerB);
  const [inA, inB] = [broadcastBatch(outerA, outer), broadcastBatch(outerB, outer)];
  if (inA === undefined || inB === undefined) return 'its batches broadcast in a way that no kernel knows';
  const [aZeros, bZeros] = [zerosOf(call, aZero, m), zerosOf(call, bZero, n)];
  if (aZeros === undefined || bZeros === undefined)
    return 'its zero points are neither one nor one for each row or column';
  const batches = elementCount(outer);
  if (batches * m * n * k === 0) return 'it is empty';
  const batch = { batches, aRepeat: inA.repeat, aCount: inA.count, bRepeat: inB.repeat, bCount: inB.count };
  return { shape: { ...plain, ...batch, m, n, k, aZeros, bZeros }, dims: [...outer, m, n] };
}

function zerosOf(call: LowerCall, input: number, each: number): number | undefined {
  const operand = call.inputs[input];
  const count = operand === undefined ? 1 : elementCount(operand.dims);
  return count === 1 || (operand?.dims.length === 1 && count === each) ? count : undefined;
}

function lowered(
  call: LowerCall,
  { a, b, aZero, bZero }: Sides,
  { shape, dims }: Sizes,
  type: ElementType,
  scales = Float32Array.of(1),
  range = new Int32Array(3),
): Lowering | string {
  const common = {
    scale: { made: 'scale', data: () => scales },
    range: { made: 'range', data: () => range },
    C: { output: 0 },
  };
  const packed = packedSteps(call, { a, b, aZero, bZero }, shape, common);
  if (packed !== undefined) return packed.end([{ type, dims }]);
  const step = call.step(['bmm-i32/direct', 'bmm-i32/naive'], shape, {
    ...{ A: { input: a }, B: { input: b }, aZero: zeroOr(call, aZero), bZero: zeroOr(call, bZero) },
    ...common,
  });
  return step === undefined ? 'no kernel can run it here' : { outputs: [{ type, dims }], steps: [step] };
}

/** Four codes to a word, where one symmetric constant matrix stands on the right. */
function packedSteps(
  call: LowerCall,
  { a, b, aZero, bZero }: Sides,
  { n, k, aZeros, scales, output }: IntegerBmmShape,
  common: Readonly<Record<string, BufferRef>>,
): Steps | undefined {
  if (call.input(b).dims.length !== 2 || aZeros !== 1 || !hasPlainWeights(call, b, bZero)) return undefined;
  const moved = movedBy(call.input(a).type);
  const m = elementCount(call.input(a).dims) / k;
  const steps = new Steps(call);
  const zero = zeroOr(call, aZero);
  const codesA = packRows(steps, { input: a, zero, moved }, m, k).ref;
  const { words, sums } = packedColumns(call, b);
  const buffers = { ...common, codesA, codesB: words, zero, weightSums: sums };
  steps.run(gemmRungs('gemm-int8-codes'), { m, n, k, moved, scales, output }, buffers);
  return typeof steps.end([]) === 'string' ? undefined : steps;
}

const matMulInteger: Lower = (call) => {
  const sides = { a: 0, b: 1, aZero: 2, bZero: 3 };
  const sizes = sizesOf(call, sides);
  return typeof sizes === 'string' ? sizes : lowered(call, sides, sizes, 'i32');
};

const qLinearMatMul: Lower = (call) => {
  const sides = { a: 0, b: 3, aZero: 2, bZero: 5 };
  const sizes = sizesOf(call, sides);
  if (typeof sizes === 'string') return sizes;
  const { type } = call.input(7);
  const limits = integerRange(type);
  if (!codes.has(type) || limits === undefined) return `codes of ${type} are made on the host`;
  // The multiplier is made from values, which decide the plan like a shape does.
  const [aScale, bScale, scale, zero] = [1, 4, 6, 7].map((i) => call.host(i)!.data);
  const { n } = sizes.shape;
  const columns = bScale!.length === 1 || (bScale!.length === n && call.input(4).dims.length === 1);
  if (aScale!.length !== 1 || scale!.length !== 1 || zero!.length !== 1 || !columns) {
    return 'scales of single rows are applied on the host';
  }
  const scales = Float32Array.from(bScale!, (each) => (aScale![0]! * each) / scale![0]!);
  const shape = { ...sizes.shape, output: 2, scales: scales.length };
  return lowered(call, sides, { ...sizes, shape }, type, scales, Int32Array.of(zero![0]!, ...limits));
};

export default { MatMulInteger: matMulInteger, QLinearMatMul: qLinearMatMul } satisfies Readonly<Record<string, Lower>>;
