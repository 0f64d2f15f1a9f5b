/** The ONNX models that onnxruntime-web is given: a matrix product, and one with 4-bit weights. */
import type { MatMulNBitsWeights } from '../../../src/numerics/int4-layout.js';
import { encodeModel, type OnnxConstant } from './onnx.js';

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

/**
 * C = A·Ŵᵀ with symmetric 4-bit weights, computed in f32 (accuracy level 0; level 4 would round A to int8).
 * @see https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md#com.microsoft.MatMulNBits
 */
export function matMulNBitsModel({ m }: { readonly m: number }, weights: MatMulNBitsWeights): Uint8Array<ArrayBuffer> {
  const { n, k, blockSize, b, scales } = weights;
  const groups = k / blockSize;
  const constants: readonly OnnxConstant[] = [
    { name: 'B', type: 'uint8', dims: [n, groups, blockSize / 2], data: b },
    { name: 'scales', type: 'float', dims: [n * groups], data: bytes(Float32Array.from(scales)) },
  ];
  return encodeModel({
    operator: 'MatMulNBits',
    domain: 'com.microsoft',
    attributes: { K: k, N: n, bits: 4, block_size: blockSize, accuracy_level: 0 },
    inputs: [{ name: 'A', type: 'float', dims: [m, k] }],
    constants,
    output: { name: 'C', type: 'float', dims: [m, n] },
  });
}

function bytes({ buffer, byteOffset, byteLength }: Float32Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
