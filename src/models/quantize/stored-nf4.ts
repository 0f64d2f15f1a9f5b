/** NF4 weights as ONNX stores them: MatMulBnb4 of ONNX Runtime for products, a look-up in the codebook by standard operators elsewhere. */
import { nf4Codebook } from '../../numerics/int4.js';
import type { Attribute, Node } from '../graph.js';
import { bnb4Blocks } from '../run/bnb4.js';
import type { Layer } from './layers.js';
import { groupsPerRow, type QuantizedMatrix } from './matrix.js';
import { int, makeNode, type Rewrite } from './rewrite.js';
import { isRowMajor } from './rows.js';
import { isProduct, packNibbles } from './stored.js';

/** Whether com.microsoft.MatMulBnb4 computes such a layer: rows of NF4 codes that its blocks divide. */
export function fitsMatMulBnb4(layer: Layer, matrix: QuantizedMatrix | undefined): matrix is QuantizedMatrix {
  return matrix?.weights.format === 'nf4' && isProduct(layer) && blockOf(matrix) !== undefined;
}

/** The largest block that cuts the groups of a row into equal parts: blocks go on over the ends of rows, groups do not. */
function blockOf({ columns, groupSize }: Pick<QuantizedMatrix, 'columns' | 'groupSize'>): number | undefined {
  const even = commonDivisor(columns, groupSize);
  return bnb4Blocks.find((block) => even % block === 0);
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}

/** A scale for each block of so many columns. */
function scalesOf(matrix: QuantizedMatrix, block: number): Float32Array<ArrayBuffer> {
  const { rows, columns, groupSize, scales } = matrix;
  const [perRow, groups] = [columns / block, groupsPerRow(matrix)];
  return Float32Array.from({ length: rows * perRow }, (_, i) => {
    const column = (i % perRow) * block;
    return scales[Math.floor(i / perRow) * groups + Math.floor(column / groupSize)]!;
  });
}

/**
 * MatMulBnb4 of an activation: B is u8[⌈N · K / 2⌉], the codes of the flat [N, K] matrix, the first in the high half of a byte.
 * Source: ContribOperators.md of ONNX Runtime, com.microsoft.MatMulBnb4.
 */
export function matMulBnb4(
  rewrite: Rewrite,
  layer: Layer,
  matrix: QuantizedMatrix,
  input: string,
  output: string,
): Node {
  const { rows, columns, codes } = matrix;
  const block = blockOf(matrix)!;
  const bytes = new Uint8Array(Math.ceil(codes.length / 2));
  for (let i = 0; i < codes.length; i++) bytes[i >> 1]! |= codes[i]! << (i & 1 ? 0 : 4);
  const name = layer.weightName;
  const scales = scalesOf(matrix, block);
  const inputs = [
    input,
    rewrite.constant(`${name}_codes`, 'u8', [bytes.length], bytes),
    rewrite.constant(`${name}_scale`, 'f32', [scales.length], scales),
  ];
  rewrite.needsDomain('com.microsoft', 1);
  const attributes = { K: int(columns), N: int(rows), block_size: int(block), quant_type: int(1) };
  return makeNode('MatMulBnb4', inputs, [output], attributes, 'com.microsoft');
}

/** Codes that point into the codebook, times a scale for each block, turned into the shape of the weight. @returns its name. */
export function lookedUpWeight(rewrite: Rewrite, layer: Layer, matrix: QuantizedMatrix): string {
  const { rows, columns, groupSize } = matrix;
  const name = layer.weightName;
  const block = commonDivisor(columns, groupSize);
  const blocks = [rows, columns / block] as const;
  const codes = rewrite.constant(`${name}_codes`, 'u4', [...blocks, block], packNibbles(Uint8Array.from(matrix.codes)));
  const book = rewrite.constant(`${name}_codebook`, 'f32', [nf4Codebook.length], Float32Array.from(nf4Codebook));
  const scales = rewrite.constant(`${name}_scale`, 'f32', [...blocks, 1], scalesOf(matrix, block));
  const made = (what: string): string => rewrite.fresh(`${name}_${what}`);
  const [indices, values, scaled] = [made('indices'), made('values'), made('scaled')];
  // Four-bit integers are cast from this version on.
  rewrite.needs(21);
  rewrite.first(makeNode('Cast', [codes], [indices], { to: int(6) }));
  rewrite.first(makeNode('Gather', [book, indices], [values], { axis: int(0) }));
  rewrite.first(makeNode('Mul', [values, scales], [scaled]));
  return reshaped(rewrite, name, layer.dims, isRowMajor(layer) ? scaled : turned(rewrite, layer, scaled));
}

/** Outputs of a layer lie along its matrix's rows, and in a weight that is no such matrix behind the reduction. */
function turned(
  rewrite: Rewrite,
  { op, dims, rows, reduction, groups, weightName: name }: Layer,
  value: string,
): string {
  const area = op === 'ConvTranspose' ? dims.slice(2).reduce((product, size) => product * size, 1) : 1;
  const outputs = op === 'Gemm' ? rows : op === 'ConvTranspose' ? rows / groups : dims.at(-1)!;
  const apart = reshaped(rewrite, name, [rows / outputs, outputs, reduction / area, area], value);
  const output = rewrite.fresh(`${name}_turned`);
  const perm: Attribute = { kind: 'ints', value: [0, 2, 1, 3] };
  rewrite.first(makeNode('Transpose', [apart], [output], { perm }));
  return output;
}

function reshaped(rewrite: Rewrite, name: string, dims: readonly number[], value: string): string {
  const shape = rewrite.constant(`${name}_shape`, 'i64', [dims.length], BigInt64Array.from(dims, BigInt));
  const output = rewrite.fresh(`${name}_dequantized`);
  rewrite.first(makeNode('Reshape', [value, shape], [output]));
  return output;
}
