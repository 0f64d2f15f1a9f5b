/** The ONNX models that onnxruntime-web is given: a matrix product, and one with 4-bit weights. */
import type { MatMulNBitsWeights } from '../../../src/numerics/int4-layout.js';
import { encodeModel, type OnnxConstant } from './onnx.js';
import type { Task } from './task.js';
import { roundsA } from './works.js';

export interface ProductSizes {
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

/** C = A·B. @param b B as a constant of the model, as weights are; an input where left out. */
export function matMulModel({ m, n, k }: ProductSizes, b?: Float32Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const weights = { name: 'B', type: 'float', dims: [k, n] } as const;
  return encodeModel({
    operator: 'MatMul',
    domain: '',
    attributes: {},
    inputs: [{ name: 'A', type: 'float', dims: [m, k] }, ...(b ? [] : [weights])],
    constants: b ? [{ ...weights, data: bytes(b) }] : [],
    output: { name: 'C', type: 'float', dims: [m, n] },
  });
}

/** 0: computed in f32. 4: A may be rounded to int8 by blocks, so that products are of integers. */
export type AccuracyLevel = 0 | 4;

/**
 * C = A·Ŵᵀ with symmetric 4-bit weights.
 * @see https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md#com.microsoft.MatMulNBits
 */
export function matMulNBitsModel(
  { m }: { readonly m: number },
  weights: MatMulNBitsWeights,
  level: AccuracyLevel = 0,
): Uint8Array<ArrayBuffer> {
  const { n, k, blockSize, b, scales } = weights;
  const groups = k / blockSize;
  const constants: readonly OnnxConstant[] = [
    { name: 'B', type: 'uint8', dims: [n, groups, blockSize / 2], data: b },
    { name: 'scales', type: 'float', dims: [n * groups], data: bytes(Float32Array.from(scales)) },
  ];
  return encodeModel({
    operator: 'MatMulNBits',
    domain: 'com.microsoft',
    attributes: { K: k, N: n, bits: 4, block_size: blockSize, accuracy_level: level },
    inputs: [{ name: 'A', type: 'float', dims: [m, k] }],
    constants,
    output: { name: 'C', type: 'float', dims: [m, n] },
  });
}

/** The model of a task, f32 or of either level; f32 weights are an input where `constant` is false. */
export function modelOf({ work, b }: Pick<Task, 'work' | 'b'>, constant: boolean): Uint8Array<ArrayBuffer> {
  if (!(b instanceof Float32Array)) return matMulNBitsModel(work.sizes, b, roundsA(work) ? 4 : 0);
  return constant ? matMulModel(work.sizes, b) : matMulModel(work.sizes);
}

/** `MatMul`, `MatMulNBits`, or `MatMulNBits-level4`. */
export function operatorOf({ work, b }: Pick<Task, 'work' | 'b'>): string {
  if (b instanceof Float32Array) return 'MatMul';
  return roundsA(work) ? 'MatMulNBits-level4' : 'MatMulNBits';
}

/** What a reader of a row should know of the operator. */
export function operatorNotes({ work }: Pick<Task, 'work'>): readonly string[] {
  return roundsA(work)
    ? ['How it rounds A to 8 bits is its own affair: its result may be off by half a step of each element.']
    : [];
}

function bytes({ buffer, byteOffset, byteLength }: Float32Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
