/** L-Mul in a model: products and convolutions become nodes that multiply by integer addition. */
import type { Attribute, Model, Node } from '../graph.js';
import { lowerings } from '../run/lowering.js';
import type { Layer } from './layers.js';
import type { LayerReport, QuantizedLayer } from './quantize.js';
import { int, makeNode, type Rewrite } from './rewrite.js';
import { rowsOf } from './rows.js';
import type { LmulScheme } from './schemes.js';
import { isPlainGemm, turned } from './stored.js';

/** Operators of our own: nothing outside of this executor computes them. */
export const lmulDomain = 'tilewatt';

/**
 * Replaces products: those of two activations always, those with weights under scope `all` where the layer is not excluded.
 * Operands are truncated to m bits, which with the paper's l is the reading in which its claims hold.
 */
export function lmulForms(model: Model, layers: readonly QuantizedLayer[], scheme: LmulScheme, rewrite: Rewrite): void {
  const byNode = new Map(layers.map((each) => [each.layer.node, each]));
  const attributes = { m: int(scheme.m), l: int(scheme.l) };
  for (const node of model.graph.nodes) {
    if (node.domain !== '') continue;
    const quantized = byNode.get(node);
    const nodes =
      quantized === undefined
        ? withoutWeights(node, attributes)
        : scheme.scope === 'all' && quantized.scheme.lmul
          ? withWeights(quantized.layer, attributes, rewrite)
          : undefined;
    if (nodes === undefined) continue;
    rewrite.replace(node, nodes);
    rewrite.needsDomain(lmulDomain, 1);
  }
}

type Attributes = Readonly<Record<string, Attribute>>;

function withoutWeights(node: Node, attributes: Attributes): readonly Node[] | undefined {
  if (node.op !== 'MatMul') return undefined;
  return [makeNode('LmulMatMul', node.inputs, node.outputs, attributes, lmulDomain)];
}

function withWeights(layer: Layer, attributes: Attributes, rewrite: Rewrite): readonly Node[] | undefined {
  const { node, op } = layer;
  if (op === 'MatMul') return withoutWeights(node, attributes);
  if (op === 'Conv') {
    const all = { ...Object.fromEntries(node.attributes), ...attributes };
    return [makeNode('LmulConv', node.inputs, node.outputs, all, lmulDomain)];
  }
  if (!isPlainGemm(layer)) return undefined;
  const { rows, columns, data } = rowsOf(layer);
  const weight = rewrite.constant(`${layer.weightName}_turned`, 'f32', [columns, rows], turned(data, rows, columns));
  rewrite.expendable(layer.weightName);
  const [output] = node.outputs as readonly [string];
  const bias = node.inputs[2];
  const product = bias ? rewrite.fresh(`${output}_product`) : output;
  const multiply = makeNode('LmulMatMul', [node.inputs[0]!, weight], [product], attributes, lmulDomain);
  return bias ? [multiply, makeNode('Add', [product, bias], [output])] : [multiply];
}

/** Where a layer's products are computed. */
export function lmulPlace(layer: Layer, { scope }: LmulScheme): Pick<LayerReport, 'place' | 'why'> {
  if (scope === 'attention')
    return { place: 'float', why: 'Computed in f32 as it was: only products of two activations are L-Mul.' };
  if (layer.op === 'Conv') {
    const flat = layer.dims.length === 3 || layer.dims.length === 4;
    return flat && lowerings.has(`${lmulDomain}.LmulConv`)
      ? { place: 'native', why: 'Windows are unfolded and multiplied by the gemm-lmul kernels.' }
      : { place: 'simulated', why: 'Windows are multiplied by L-Mul on the host, bit by bit.' };
  }
  if (layer.op !== 'MatMul' && !isPlainGemm(layer))
    return { place: 'float', why: `Computed in f32 as it was: ${layer.op} has no L-Mul form here.` };
  return lowerings.has(`${lmulDomain}.LmulMatMul`)
    ? { place: 'native', why: 'Multiplied by the gemm-lmul kernels.' }
    : { place: 'simulated', why: 'Multiplied by L-Mul on the host, bit by bit.' };
}
