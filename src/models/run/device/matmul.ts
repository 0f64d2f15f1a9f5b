/** Matrix products: MatMul with batches and broadcasting, Gemm with its factors and bias, fused forms of both. */
import { type BmmShape, plain } from '../../../../shaders/bmm-f32/operation.js';
import { f32Bits } from '../../../../shaders/lib/epilogue.js';
import { elementCount } from '../../tensor.js';
import { noKernel } from '../errors.js';
import type { BufferRef, Lower, LowerCall, LoweredOutput, Lowering, Operand } from '../lowering.js';
import { broadcastDims } from '../shapes.js';
import { epilogueOf } from './lib/epilogue.js';
import { multiplyInParts } from './lib/parts.js';
import { broadcastBatch, multiply, type Product } from './lib/product.js';

/** Why these inputs are not multiplied on the device, or undefined where they can be. */
function unfit(call: LowerCall): string | undefined {
  const stranger = call.inputs.findIndex((operand, i) => operand !== undefined && !call.is(i, 'f32'));
  return stranger < 0 ? undefined : `${call.input(stranger).type} is not multiplied on the device`;
}

const matMul: Lower = (call) => {
  const refusal = unfit(call);
  if (refusal !== undefined) return refusal;
  const [a, b] = [call.input(0), call.input(1)];
  const epilogue = epilogueOf(call);
  if (epilogue === undefined) return 'its activation is not applied on the device';
  if (a.dims.length === 0 || b.dims.length === 0) call.fail('bad-shape', 'a scalar is no matrix');
  // A vector is a row on the left and a column on the right, and that dimension is dropped again.
  const left = a.dims.length === 1 ? [1, ...a.dims] : a.dims;
  const right = b.dims.length === 1 ? [...b.dims, 1] : b.dims;
  const [m, k] = left.slice(-2) as [number, number];
  const n = right.at(-1)!;
  if (right.at(-2) !== k) call.fail('bad-shape', `[${a.dims}] and [${b.dims}] do not multiply`);
  const [outerA, outerB] = [left.slice(0, -2), right.slice(0, -2)];
  const outer = broadcastDims(call, outerA, outerB);
  const dims = [...outer, ...(a.dims.length === 1 ? [] : [m]), ...(b.dims.length === 1 ? [] : [n])];
  const batches = elementCount(outer);
  if (batches * m * n * k === 0) return 'it is empty';
  const matrices = batchesOf(outerA, outerB, outer, m);
  if (matrices === undefined) return 'its batches broadcast in a way that no kernel knows';
  const bias = biasOf(call.inputs[2], matrices.m, n, batches);
  if (bias === undefined) return 'its bias is no row';
  const shape: BmmShape = { ...plain, ...matrices, n, k, ...epilogue, bias };
  return lowered(call, { shape, ...operands(call) }, { type: a.type, dims });
};

/** One dispatch, or several where a matrix is larger than what is bound at once. */
function lowered(call: LowerCall, product: Product, output: LoweredOutput): Lowering | string {
  const step = multiply(call, product);
  if (step !== undefined) return { outputs: [output], steps: [step] };
  return multiplyInParts(call, product, output) ?? noKernel;
}

/** Sizes of the batch. One right matrix for all is one product with more rows. */
function batchesOf(outerA: readonly number[], outerB: readonly number[], outer: readonly number[], m: number) {
  const batches = elementCount(outer);
  if (elementCount(outerB) === 1 && elementCount(outerA) === batches) return { batches: 1, m: batches * m };
  const [inA, inB] = [broadcastBatch(outerA, outer), broadcastBatch(outerB, outer)];
  if (inA === undefined || inB === undefined) return undefined;
  return { batches, m, aRepeat: inA.repeat, aCount: inA.count, bRepeat: inB.repeat, bCount: inB.count };
}

/** The kind of bias that broadcasts to m × n, or undefined where it does not. */
function biasOf(bias: Operand | undefined, m: number, n: number, batches = 1): number | undefined {
  if (bias === undefined) return 1;
  const count = elementCount(bias.dims);
  if (count === 1) return 2;
  if (count === n && bias.dims.at(-1) === n) return 3;
  if (batches > 1 || bias.dims.length !== 2) return undefined;
  if (bias.dims[0] === m && bias.dims[1] === 1) return 4;
  return bias.dims[0] === m && bias.dims[1] === n ? 5 : undefined;
}

function operands(call: LowerCall) {
  const bias: { bias?: BufferRef } = call.inputs[2] === undefined ? {} : { bias: { input: 2 } };
  return { a: { input: 0 }, b: { input: 1 }, ...bias, c: { output: 0 } };
}

/** As ONNX Runtime's tools write it: the last two dimensions of either side transposed, the product scaled. */
const fusedMatMul: Lower = (call) => {
  const refusal = unfit(call);
  if (refusal !== undefined) return refusal;
  if (call.int('transBatchA', 0) !== 0 || call.int('transBatchB', 0) !== 0) return 'its batches are turned on the host';
  const [a, b] = [call.input(0), call.input(1)];
  if (a.dims.length < 2 || b.dims.length < 2) return 'vectors are multiplied on the host';
  const [transA, transB] = [call.int('transA', 0) !== 0, call.int('transB', 0) !== 0];
  const [m, k] = (transA ? a.dims.slice(-2).toReversed() : a.dims.slice(-2)) as [number, number];
  const [inner, n] = (transB ? b.dims.slice(-2).toReversed() : b.dims.slice(-2)) as [number, number];
  if (inner !== k) call.fail('bad-shape', `[${a.dims}] and [${b.dims}] do not multiply`);
  const [outerA, outerB] = [a.dims.slice(0, -2), b.dims.slice(0, -2)];
  const outer = broadcastDims(call, outerA, outerB);
  const [inA, inB] = [broadcastBatch(outerA, outer), broadcastBatch(outerB, outer)];
  if (inA === undefined || inB === undefined) return 'its batches broadcast in a way that no kernel knows';
  const dims = [...outer, m, n];
  if (elementCount(dims) * k === 0) return 'it is empty';
  const shape: BmmShape = {
    ...{ ...plain, m, n, k, batches: elementCount(outer), alphaBits: f32Bits(call.float('alpha', 1)) },
    ...{ aRepeat: inA.repeat, aCount: inA.count, bRepeat: inB.repeat, bCount: inB.count },
    ...{ transA: transA ? 2 : 1, transB: transB ? 2 : 1 },
  };
  const step = multiply(call, { shape, ...operands(call) });
  return step === undefined ? noKernel : { outputs: [{ type: a.type, dims }], steps: [step] };
};

const gemm: Lower = (call) => {
  const refusal = unfit(call);
  if (refusal !== undefined) return refusal;
  const [a, b] = [call.input(0), call.input(1)];
  const epilogue = epilogueOf(call);
  if (epilogue === undefined) return 'its activation is not applied on the device';
  if (a.dims.length !== 2 || b.dims.length !== 2) call.fail('bad-shape', 'Gemm multiplies two matrices');
  const [transA, transB] = [call.int('transA', 0) !== 0, call.int('transB', 0) !== 0];
  const [m, k] = (transA ? a.dims.toReversed() : a.dims) as [number, number];
  const [inner, n] = (transB ? b.dims.toReversed() : b.dims) as [number, number];
  if (inner !== k) call.fail('bad-shape', `[${a.dims}] and [${b.dims}] do not multiply`);
  if (m * n * k === 0) return 'it is empty';
  const beta = call.float('beta', 1);
  const bias = beta === 0 ? 1 : biasOf(call.inputs[2], m, n);
  if (bias === undefined) return call.fail('bad-shape', `a bias of [${call.inputs[2]?.dims}] does not fit [${m},${n}]`);
  const factors = { alphaBits: f32Bits(call.float('alpha', 1)), betaBits: f32Bits(beta) };
  const sides = { transA: transA ? 2 : 1, transB: transB ? 2 : 1 };
  const shape: BmmShape = { ...plain, m, n, k, ...sides, ...factors, ...epilogue, bias };
  return lowered(call, { shape, ...operands(call) }, { type: a.type, dims: [m, n] });
};

export default {
  MatMul: matMul,
  Gemm: gemm,
  'com.microsoft.FusedMatMul': fusedMatMul,
  'tilewatt.MatMul': matMul,
  'tilewatt.Gemm': gemm,
} satisfies Readonly<Record<string, Lower>>;
