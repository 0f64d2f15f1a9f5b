/** Layers with INT8 weights and activations in integers: codes by codes, exact sums, scales at their end. */
import { longestSum } from '../../../shaders/bmm-i32/operation.js';
import type { Node } from '../graph.js';
import { lowerings } from '../run/lowering.js';
import type { QuantizedMatrix } from './matrix.js';
import type { QuantizedLayer } from './quantize.js';
import { int, makeNode, type Rewrite } from './rewrite.js';
import { inLayout } from './rows.js';
import { isProduct, turned } from './stored.js';

/** The operation whose kernels sum a layer's codes when it runs, undefined where none does. */
export function integerKernel({
  layer,
  matrix,
  scheme,
}: QuantizedLayer): 'gemm-int8-linear' | 'conv2d-int8' | undefined {
  if (scheme.activations === undefined || matrix?.weights.format !== 'int8' || !matrix.weights.symmetric)
    return undefined;
  if (matrix.groupSize !== matrix.columns || matrix.columns > longestSum) return undefined;
  if (layer.op === 'Conv') {
    const flat = layer.dims.length === 3 || layer.dims.length === 4;
    return flat && lowerings.has('ConvInteger') ? 'conv2d-int8' : undefined;
  }
  return isProduct(layer) && lowerings.has('MatMulInteger') ? 'gemm-int8-linear' : undefined;
}

/** Codes of a weight as the integer operators take them: [in, out] for products, the layer's own layout for windows. */
export function integerWeight(
  rewrite: Rewrite,
  { layer }: Pick<QuantizedLayer, 'layer'>,
  { codes, rows, columns }: QuantizedMatrix,
): string {
  const conv = layer.op === 'Conv';
  const dims = conv ? layer.dims : [columns, rows];
  const ordered = conv ? inLayout(layer, codes) : turned(codes, rows, columns);
  return rewrite.constant(`${layer.weightName}_codes`, 'i8', dims, Int8Array.from(ordered));
}

/** An activation in bytes with its zero point, and the codes of a weight. */
export interface IntegerOperands {
  readonly codes: string;
  readonly zero: string;
  readonly weight: string;
  /** What each sum of an output channel is multiplied with: the activation's scale by the weight's. */
  readonly factors: string;
}

/**
 * Sums of a layer times the factors of their channels, without its bias.
 * @param short one node for the factors; else in nodes that version 11 of the operators has, as files should.
 */
export function integerNodes(
  rewrite: Rewrite,
  { layer }: Pick<QuantizedLayer, 'layer'>,
  { codes, zero, weight, factors }: IntegerOperands,
  result: string,
  short: boolean,
): readonly Node[] {
  const conv = layer.op === 'Conv';
  const sums = rewrite.fresh(`${result}_sums`);
  const inputs = [codes, weight, zero];
  const summed = conv
    ? { ...makeNode('ConvInteger', inputs, [sums]), attributes: layer.node.attributes }
    : makeNode('MatMulInteger', inputs, [sums]);
  // Of 32-bit integers it is the product with the scale, channel by channel.
  if (short) return [summed, makeNode('DequantizeLinear', [sums, factors], [result], { axis: int(conv ? 1 : -1) })];
  const floats = rewrite.fresh(`${result}_floats`);
  return [summed, makeNode('Cast', [sums], [floats], { to: int(1) }), makeNode('Mul', [floats, factors], [result])];
}
