/** Raising a model's version of the standard operators: only where every operator in it keeps its meaning. */
import { type Graph, type Model, type Node, nodesOf, nodeTitle } from '../graph.js';
import { QuantizeError } from './errors.js';

/**
 * Versions at which an operator's inputs, attributes or meaning changed so that a node of before may not be one of after.
 * New types, and new attributes whose defaults are the old behaviour, are no such change. Operators that are not listed are
 * not known well enough.
 * Source: onnx/docs/Changelog.md, opset 7 to 25.
 */
const changes: Readonly<Record<string, readonly number[]>> = {
  ...unchanged(
    'Abs Acos Acosh Add And ArgMax ArgMin Asin Asinh Atan Atanh Ceil Concat Constant ConstantOfShape Conv ConvTranspose Cos Cosh ' +
      'Div Einsum Elu Equal Erf Exp Expand EyeLike Flatten Floor GRU Gather GatherElements GatherND Gemm GlobalAveragePool ' +
      'GlobalMaxPool Greater HardSigmoid Identity InstanceNormalization IsInf IsNaN LRN LSTM LeakyRelu Less Log LpNormalization ' +
      'MatMul MatMulInteger Max Mean Min Mod Mul Neg NonZero Not OneHot Or PRelu Pow RNN Range Reciprocal Relu Reshape Round ' +
      'Selu Shape Sigmoid Sign Sin Sinh Size Softplus Softsign SpaceToDepth Sqrt Sub Sum Tan Tanh Tile Transpose Where Xor ' +
      'DequantizeLinear QuantizeLinear DynamicQuantizeLinear QLinearConv QLinearMatMul ConvInteger Gelu HardSwish Mish ' +
      'LayerNormalization CumSum DepthToSpace BitShift Celu ThresholdedRelu MaxPool AveragePool LpPool GlobalLpPool',
  ),
  // Outputs of training went away, and batches are normalized by it only on request: inference is the same from 9 on.
  BatchNormalization: [9, 14],
  Cast: [],
  Clip: [11],
  Dropout: [12],
  Hardmax: [13],
  If: [],
  LogSoftmax: [13],
  Loop: [],
  Pad: [11],
  ReduceL1: [18],
  ReduceL2: [18],
  ReduceLogSum: [18],
  ReduceLogSumExp: [18],
  ReduceMax: [18],
  ReduceMean: [18],
  ReduceMin: [18],
  ReduceProd: [18],
  ReduceSum: [13],
  ReduceSumSquare: [18],
  Resize: [11, 13, 18, 19],
  Scatter: [11],
  ScatterElements: [],
  ScatterND: [],
  Slice: [10],
  Softmax: [13],
  Split: [13, 18],
  Squeeze: [13],
  TopK: [10, 11],
  Unsqueeze: [13],
  Upsample: [9, 10],
  GroupNormalization: [21],
  Attention: [],
  RotaryEmbedding: [],
  RMSNormalization: [],
};

/** Changes that a node does not meet because it does not use what changed. */
const harmless: Readonly<Record<string, (node: Node, version: number) => boolean>> = {
  Dropout: (node) => !node.attributes.has('ratio'),
  Clip: (node) => node.inputs.length <= 1 && !node.attributes.has('min') && !node.attributes.has('max'),
  ReduceMean: withoutAxes,
  ReduceSum: withoutAxes,
  ReduceMax: withoutAxes,
  ReduceMin: withoutAxes,
  Squeeze: withoutAxes,
  // Running mean and deviation become plain inputs; a node with one output means the same.
  BatchNormalization: (node) =>
    node.outputs.filter((name) => name !== '').length === 1 && !node.attributes.has('spatial'),
};

function withoutAxes({ attributes }: Node): boolean {
  return !attributes.has('axes');
}

function unchanged(names: string): Record<string, readonly number[]> {
  return Object.fromEntries(names.split(' ').map((name) => [name, []]));
}

/** Least IR version of files with an opset, from the list of releases in onnx/docs/Versioning.md. */
export function irVersionFor(opset: number): number {
  const steps = [
    [25, 13],
    [24, 12],
    [23, 11],
    [21, 10],
    [19, 9],
    [15, 8],
    [12, 7],
    [11, 6],
    [10, 5],
    [9, 4],
  ] as const;
  return steps.find(([version]) => opset >= version)?.[1] ?? 3;
}

/**
 * Why the model cannot be raised to an opset, in a clause, or undefined where it can.
 * @param nodes of the model as it was.
 */
function refusalToRaise(graph: Graph, from: number, to: number): string | undefined {
  if (to <= from) return undefined;
  for (const node of nodesOf(graph)) {
    if (node.domain !== '' && node.domain !== 'ai.onnx') continue;
    const known = Object.hasOwn(changes, node.op) ? changes[node.op] : undefined;
    if (known === undefined)
      return `whether ${nodeTitle(node)} means the same in opset ${to} as in ${from} is not known here`;
    const met = known.find((version) => version > from && version <= to && !harmless[node.op]?.(node, version));
    if (met !== undefined) return `${nodeTitle(node)} changed in opset ${met}`;
  }
  return undefined;
}

/**
 * The opset that a file with new nodes states.
 * @throws QuantizeError `not-writable` naming the operator that stands in the way.
 */
export function opsetFor(model: Model, needed: number): number {
  const from = model.opsets.get('') ?? model.opsets.get('ai.onnx') ?? 0;
  if (needed <= from) return from;
  if (model.functions.size > 0 || from === 0)
    throw new QuantizeError(
      'not-writable',
      model.file,
      `needs opset ${needed}, and a model with functions of its own is not raised from ${from}`,
    );
  const reason = refusalToRaise(model.graph, from, needed);
  if (reason !== undefined)
    throw new QuantizeError(
      'not-writable',
      model.file,
      `would have to be raised from opset ${from} to ${needed}, but ${reason}; export it with a newer opset`,
    );
  return needed;
}
