/** Finds attention written out as two matrix products around a softmax. */
import { type Attribute, intOf, intsOf, type Node } from '../graph.js';
import type { Draft } from './draft.js';

/** MatMul(Q, Kᵀ) → scale → + mask → Softmax → MatMul(·, V). */
export function fuseAttention(draft: Draft): void {
  for (const softmax of draft.nodes) {
    if (softmax.op !== 'Softmax' || softmax.domain !== '' || !isLast(draft, softmax)) continue;
    const weighted = draft.next(softmax.outputs[0]);
    if (weighted?.op !== 'MatMul' || weighted.domain !== '' || weighted.inputs[0] !== softmax.outputs[0]) continue;
    const scores = scoresOf(draft, softmax.inputs[0]!);
    if (scores === undefined) continue;
    const { product, scale, mask, nodes } = scores;
    const [q, kT] = product.inputs as [string, string];
    const keys = transposedBy(draft, kT);
    const inputs = [q, keys?.inputs[0] ?? kT, weighted.inputs[1]!, ...(mask === undefined ? [] : [mask])];
    const own = [...(keys ? [keys] : []), product, ...nodes, softmax, weighted];
    const output = weighted.outputs[0]!;
    const attributes: Readonly<Record<string, Attribute>> = {
      scale: { kind: 'float', value: scale },
      transK: { kind: 'int', value: keys ? 0 : 1 },
      body: { kind: 'graph', value: draft.bodyOf(own, [...new Set(inputs)], output) },
    };
    // The body takes each value once; a node whose inputs repeat cannot be told apart.
    if (new Set(inputs).size !== inputs.length) continue;
    draft.replace(own, { op: 'Attention', domain: 'tilewatt', inputs, outputs: [output], attributes });
  }
}

interface Scores {
  readonly product: Node;
  readonly scale: number;
  readonly mask?: string;
  /** Between the product and the softmax. */
  readonly nodes: readonly Node[];
}

function scoresOf(draft: Draft, name: string): Scores | undefined {
  let [at, scale, mask]: [string, number, string | undefined] = [name, 1, undefined];
  const nodes: Node[] = [];
  for (let steps = 0; steps < 3; steps++) {
    const node = draft.maker(at);
    if (node === undefined || node.domain !== '' || !draft.isInner(at)) return undefined;
    if (node.op === 'MatMul') return { product: node, scale, nodes, ...(mask === undefined ? {} : { mask }) };
    nodes.push(node);
    const [left, right] = node.inputs as [string, string];
    const number = draft.number(right) ?? (node.op === 'Mul' ? draft.number(left) : undefined);
    if ((node.op === 'Mul' || node.op === 'Div') && number !== undefined) {
      scale = node.op === 'Mul' ? scale * number : scale / number;
      at = draft.number(right) === undefined ? right : left;
    } else if (node.op === 'Add' && mask === undefined && scale === 1) {
      [at, mask] = isScores(draft, left) ? [left, right] : [right, left];
    } else return undefined;
  }
  return undefined;
}

/** Whether a value is a product of matrices, or that scaled: of the two terms of a sum, the other is the mask. */
function isScores(draft: Draft, name: string): boolean {
  const node = draft.maker(name);
  if (node?.op === 'MatMul') return draft.isInner(name);
  const scales = node?.op === 'Mul' || node?.op === 'Div';
  return scales && draft.isInner(name) && node.inputs.some((input) => draft.maker(input)?.op === 'MatMul');
}

function isLast(draft: Draft, softmax: Node): boolean {
  // Before version 13 it flattens from the axis on: the same along the last one, which only −1 is sure to be.
  const axis = intOf(softmax, 'axis', draft.opset(softmax) < 13 ? 1 : -1);
  return axis === -1 || axis + 1 === draft.rank(softmax.outputs[0]!);
}

/** The node that only turns the last two of four dimensions round. */
function transposedBy(draft: Draft, name: string): Node | undefined {
  const node = draft.maker(name);
  const isTurn = node?.op === 'Transpose' && node.domain === '' && `${intsOf(node, 'perm')}` === '0,1,3,2';
  return isTurn && draft.isInner(name) ? node : undefined;
}
