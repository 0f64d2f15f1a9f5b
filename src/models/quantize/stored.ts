/** Quantized weights as ONNX stores them: packed codes, scales and zero points for DequantizeLinear or MatMulNBits. */
import { weightFormat } from '../../numerics/any-bit.js';
import { intOf, type Node } from '../graph.js';
import { rowGroups } from '../run/packed-weights.js';
import type { ElementType } from '../tensor.js';
import type { Layer } from './layers.js';
import { groupsPerRow, type QuantizedMatrix } from './matrix.js';
import { int, makeNode, type Rewrite } from './rewrite.js';
import { inLayout, isRowMajor } from './rows.js';

/** Type of the stored elements, what turns a code into one, and the opset that first has it in DequantizeLinear. */
interface Storage {
  readonly type: ElementType;
  readonly opset: number;
  /** A number for integer types, the bit pattern for floats. */
  readonly element: (code: number) => number;
  readonly zeroed: boolean;
  /** Factor of the stored scales, 1 where left out. */
  readonly scaleBy?: number;
}

/** How ONNX can hold such codes; undefined for NF4, whose values lie on no even steps. */
function storageOf({ weights }: Pick<QuantizedMatrix, 'weights'>): Storage | undefined {
  const { format, bits, symmetric } = weights;
  const same = (code: number): number => code;
  const small = bits <= 4;
  switch (format) {
    case 'f16':
    case 'bf16':
      return { type: format, opset: 13, element: same, zeroed: false };
    case 'e4m3':
    case 'e5m2':
      return { type: format, opset: 19, element: same, zeroed: false };
    case 'e2m1': {
      // ONNX has the type since opset 23, but few runtimes do. Twice each value is a whole number, so bytes hold it exactly.
      const { values } = weightFormat(4, 2);
      return { type: 'i8', opset: 10, element: (code) => 2 * values[code]!, zeroed: false, scaleBy: 0.5 };
    }
    case 'nf4':
      return undefined;
    case 'int8':
      return symmetric
        ? { type: 'i8', opset: 10, element: same, zeroed: false }
        : { type: 'u8', opset: 10, element: same, zeroed: true };
    case 'int4':
      return symmetric
        ? { type: 'i4', opset: 21, element: (code) => code - 8, zeroed: false }
        : { type: 'u4', opset: 21, element: same, zeroed: true };
    default: {
      if (!symmetric) return { type: small ? 'u4' : 'u8', opset: small ? 21 : 10, element: same, zeroed: true };
      const { values } = weightFormat(format === 'binary' ? 1 : bits, 'signed');
      return { type: small ? 'i4' : 'i8', opset: small ? 21 : 10, element: (code) => values[code]!, zeroed: false };
    }
  }
}

/** The weight as an f32 initializer of the values it stands for. @returns its name. */
export function plainWeight(rewrite: Rewrite, layer: Layer, data: Float32Array<ArrayBuffer>): string {
  return rewrite.constant(`${layer.weightName}_quantized`, 'f32', layer.dims, inLayout(layer, data));
}

/**
 * The weight as stored codes behind DequantizeLinear (Cast for 16-bit floats), with a Reshape where groups along the
 * reduction need a matrix.
 * @returns the name of the value, or undefined where ONNX has no such form and the weight must stay f32.
 */
export function storedWeight(rewrite: Rewrite, layer: Layer, matrix: QuantizedMatrix): string | undefined {
  const storage = storageOf(matrix);
  if (storage === undefined) return undefined;
  const output = rewrite.fresh(`${layer.weightName}_dequantized`);
  if (matrix.weights.bits === 16) {
    const codes = rewrite.constant(
      `${layer.weightName}_half`,
      storage.type,
      layer.dims,
      pack(storage, inLayout(layer, matrix.codes)),
    );
    rewrite.needs(matrix.weights.format === 'bf16' ? 13 : 7);
    rewrite.first(makeNode('Cast', [codes], [output], { to: int(1) }));
    return output;
  }
  return groupsPerRow(matrix) > 1
    ? blocked(rewrite, layer, matrix, storage, output)
    : whole(rewrite, layer, matrix, storage, output);
}

/** One scale for the tensor, or one per channel. */
function whole(
  rewrite: Rewrite,
  layer: Layer,
  matrix: QuantizedMatrix,
  storage: Storage,
  output: string,
): string | undefined {
  const single = matrix.weights.granularity === 'tensor';
  if (!single && layer.dims[layer.channelAxis] !== layer.rows) return undefined;
  rewrite.needs(Math.max(storage.opset, single ? 10 : 13));
  const dims = single ? [] : [layer.rows];
  const count = single ? 1 : layer.rows;
  const name = layer.weightName;
  const inputs = [
    rewrite.constant(`${name}_codes`, storage.type, layer.dims, pack(storage, inLayout(layer, matrix.codes))),
    rewrite.constant(`${name}_scale`, 'f32', dims, scaled(storage, matrix.scales.subarray(0, count))),
    // ONNX Runtime takes the type of the codes from the zero point in some versions, so it is always there.
    rewrite.constant(`${name}_zero`, storage.type, dims, packZeros(storage, matrix.zeros.subarray(0, count))),
  ];
  rewrite.first(makeNode('DequantizeLinear', inputs, [output], single ? {} : { axis: int(layer.channelAxis) }));
  return output;
}

/** Blocks along the reduction: axis 1 of [rows, reduction], or axis 0 of [reduction, rows]. */
function blocked(
  rewrite: Rewrite,
  layer: Layer,
  matrix: QuantizedMatrix,
  storage: Storage,
  output: string,
): string | undefined {
  const rowMajor = isRowMajor(layer);
  if (!rowMajor && (layer.op === 'ConvTranspose' || layer.dims.length !== 2)) return undefined;
  rewrite.needs(Math.max(storage.opset, 21));
  const groups = groupsPerRow(matrix);
  const { rows, columns, codes, scales, zeros } = matrix;
  const turn = <T extends Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer>>(values: T, width: number): T =>
    rowMajor ? values : turned(values, rows, width);
  const name = layer.weightName;
  const inputs = [
    rewrite.constant(
      `${name}_codes`,
      storage.type,
      rowMajor ? [rows, columns] : [columns, rows],
      pack(storage, turn(codes, columns)),
    ),
    rewrite.constant(
      `${name}_scale`,
      'f32',
      rowMajor ? [rows, groups] : [groups, rows],
      turn(scaled(storage, scales), groups),
    ),
    rewrite.constant(
      `${name}_zero`,
      storage.type,
      rowMajor ? [rows, groups] : [groups, rows],
      packZeros(storage, turn(Int32Array.from(zeros), groups)),
    ),
  ];
  const attributes = { axis: int(rowMajor ? 1 : 0), block_size: int(matrix.groupSize) };
  if (!rowMajor || layer.dims.length === 2) {
    rewrite.first(makeNode('DequantizeLinear', inputs, [output], attributes));
    return output;
  }
  const flat = rewrite.fresh(`${name}_matrix`);
  const shape = rewrite.constant(`${name}_shape`, 'i64', [layer.dims.length], BigInt64Array.from(layer.dims, BigInt));
  rewrite.first(makeNode('DequantizeLinear', inputs, [flat], attributes));
  rewrite.first(makeNode('Reshape', [flat, shape], [output]));
  return output;
}

/** A [rows, columns] matrix as [columns, rows]. */
export function turned<T extends Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer>>(
  values: T,
  rows: number,
  columns: number,
): T {
  const result = values.slice() as T;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) result[column * rows + row] = values[row * columns + column]!;
  }
  return result;
}

function pack({ type, element }: Storage, codes: Int32Array): Uint8Array<ArrayBuffer> {
  if (type === 'f16' || type === 'bf16') return new Uint8Array(Uint16Array.from(codes).buffer);
  const bytes = Uint8Array.from(codes, (code) => element(code) & 255);
  return type === 'i4' || type === 'u4' ? packNibbles(bytes) : bytes;
}

function scaled({ scaleBy = 1 }: Storage, scales: Float32Array): Float32Array<ArrayBuffer> {
  return Float32Array.from(scales, (scale) => scale * scaleBy);
}

function packZeros(storage: Storage, zeros: ArrayLike<number>): Uint8Array<ArrayBuffer> {
  const kept = storage.zeroed ? Int32Array.from(zeros) : new Int32Array(zeros.length);
  return pack({ ...storage, element: (code) => code }, kept);
}

/** Two to a byte, the first in the low half. */
export function packNibbles(values: Uint8Array): Uint8Array<ArrayBuffer> {
  const packed = new Uint8Array(Math.ceil(values.length / 2));
  for (let i = 0; i < values.length; i++) packed[i >> 1]! |= (values[i]! & 15) << (4 * (i & 1));
  return packed;
}

/** Whether com.microsoft.MatMulNBits computes such a layer: a product with 4-bit groups of a power of two from 16 up. */
export function fitsMatMulNBits(layer: Layer, matrix: QuantizedMatrix | undefined): matrix is QuantizedMatrix {
  if (matrix?.weights.format !== 'int4' || matrix.weights.granularity !== 'group') return false;
  return isProduct(layer);
}

/** x·W of one matrix of weights (+ C), in either operator. */
export function isProduct(layer: Layer): boolean {
  return layer.op === 'MatMul' ? layer.dims.length === 2 : isPlainGemm(layer);
}

/** x·W (+ C), no factors and nothing transposed but the weight. */
export function isPlainGemm({ node, op }: Layer): boolean {
  const factor = (name: string): number => {
    const attribute = node.attributes.get(name);
    return attribute?.kind === 'float' || attribute?.kind === 'int' ? attribute.value : 1;
  };
  return op === 'Gemm' && intOf(node, 'transA', 0) === 0 && factor('alpha') === 1 && factor('beta') === 1;
}

/**
 * MatMulNBits of an activation: B is u8[rows, blocks, block / 2], the last block padded with the code of 0.
 * Source: ContribOperators.md of ONNX Runtime, com.microsoft.MatMulNBits.
 * @param block columns that share a scale; the format's, also where a row is shorter.
 */
export function matMulNBits(rewrite: Rewrite, layer: Layer, matrix: QuantizedMatrix, input: string, output: string) {
  const { rows, columns, codes, zeros, scales } = matrix;
  const block = matrix.weights.groupSize!;
  const blocks = Math.ceil(columns / block);
  const bytes = new Uint8Array((rows * blocks * block) / 2);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < blocks * block; column++) {
      const zero = zeros[row * blocks + Math.floor(column / block)]!;
      const code = column < columns ? codes[row * columns + column]! : zero;
      bytes[(row * blocks * block + column) >> 1]! |= code << (4 * (column & 1));
    }
  }
  const name = layer.weightName;
  const inputs = [
    input,
    rewrite.constant(`${name}_codes`, 'u8', [rows, blocks, block / 2], bytes),
    rewrite.constant(`${name}_scale`, 'f32', [rows * blocks], scales.slice()),
  ];
  if (!matrix.weights.symmetric) {
    const perRow = Math.ceil(blocks / 2);
    const packed = new Uint8Array(rows * perRow);
    for (let row = 0; row < rows; row++)
      packed.set(packNibbles(zeros.subarray(row * blocks, (row + 1) * blocks)), row * perRow);
    inputs.push(rewrite.constant(`${name}_zero`, 'u8', [packed.length], packed));
  }
  rewrite.needsDomain('com.microsoft', 1);
  const attributes = { K: int(columns), N: int(rows), bits: int(4), block_size: int(block) };
  return makeNode('MatMulNBits', inputs, [output], attributes, 'com.microsoft');
}

/**
 * What this executor's own operators on packed weights make of a layer: the operation whose kernels compute it, or a clause on why
 * none does.
 */
export function packedKernel(layer: Layer, matrix: QuantizedMatrix): { readonly kernel: string } | string {
  const { weights, columns, groupSize } = matrix;
  if (weights.bits > 8) return `no kernel multiplies floats by ${weights.bits}-bit codes`;
  if (layer.op === 'Conv') {
    if (layer.dims.length > 4) return 'no kernel slides packed filters over three dimensions';
    if (layer.groups > 1) return `no kernel takes packed filters of ${layer.groups} groups of channels`;
  } else if (!isProduct(layer)) return `no kernel takes packed weights of ${layer.op} of this form`;
  if (rowGroups(columns, groupSize) === undefined) return `no kernel takes groups of ${groupSize}`;
  return { kernel: weights.bits === 4 && encodingOf(matrix) < 2 ? 'gemm-int4' : 'gemm-anybit' };
}

/** As `PackedWeights` numbers them. */
function encodingOf({ weights: { format, symmetric } }: QuantizedMatrix): number {
  if (format === 'nf4') return 0;
  if (format === 'e4m3') return 2 + 4;
  if (format === 'e5m2') return 2 + 5;
  if (format === 'e2m1') return 2 + 2;
  // Symmetric 4-bit codes are unsigned with a zero point of 8.
  return format === 'int4' || !symmetric ? 1 : 2;
}

/**
 * A product or a convolution on packed weights. Codes are those of `QuantizedMatrix`, signed INT8 as bytes.
 * @param bias of a convolution.
 */
export function packedNode(
  rewrite: Rewrite,
  layer: Layer,
  matrix: QuantizedMatrix,
  input: string,
  output: string,
  bias?: string,
): Node {
  const { rows, columns, codes, scales, zeros, groupSize, weights } = matrix;
  const conv = layer.op === 'Conv';
  const groups = groupsPerRow(matrix);
  const name = layer.weightName;
  const bytes = Uint8Array.from(codes, (code) => code & (2 ** weights.bits - 1));
  const inputs = [
    input,
    rewrite.constant(`${name}_codes`, 'u8', conv ? layer.dims : [rows, columns], bytes),
    rewrite.constant(`${name}_scale`, 'f32', [rows, groups], scales.slice()),
    rewrite.constant(`${name}_zero`, 'u8', [rows, groups], zeros.slice()),
    ...(bias ? [bias] : []),
  ];
  rewrite.needsDomain('tilewatt', 1);
  const own = { group_size: int(groupSize), bits: int(weights.bits), encoding: int(encodingOf(matrix)) };
  const attributes = conv ? { ...Object.fromEntries(layer.node.attributes), ...own } : own;
  return makeNode(conv ? 'QuantizedConv' : 'QuantizedMatMul', inputs, [output], attributes, 'tilewatt');
}
