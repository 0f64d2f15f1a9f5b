/** Finds layer normalization written out as means, differences and a square root. */
import { intOf, intsOf, type Node } from '../graph.js';
import type { Draft } from './draft.js';

/** ReduceMean → Sub → Pow 2 → ReduceMean → Add ε → Sqrt → Div → Mul γ → Add β, all along the last dimension. */
export function fuseLayerNorm(draft: Draft): void {
  for (const quotient of draft.nodes) {
    const match = quotient.op === 'Div' && quotient.domain === '' ? normOf(draft, quotient) : undefined;
    if (match === undefined) continue;
    const scaled = draft.next(quotient.outputs[0]);
    const gamma = scaled?.op === 'Mul' ? rowOf(draft, scaled, quotient.outputs[0]!) : undefined;
    if (scaled === undefined || gamma === undefined) continue;
    const shifted = draft.next(scaled.outputs[0]);
    const beta = shifted?.op === 'Add' ? rowOf(draft, shifted, scaled.outputs[0]!) : undefined;
    const last = shifted !== undefined && beta !== undefined ? shifted : scaled;
    draft.replace([...match.nodes, quotient, ...new Set([scaled, last])], {
      op: 'LayerNormalization',
      inputs: [match.x, gamma, ...(beta === undefined ? [] : [beta])],
      outputs: [last.outputs[0]!],
      attributes: { axis: { kind: 'int', value: -1 }, epsilon: { kind: 'float', value: match.epsilon } },
    });
  }
}

interface Norm {
  readonly x: string;
  readonly epsilon: number;
  /** All that is needed for nothing else. */
  readonly nodes: readonly Node[];
}

function normOf(draft: Draft, quotient: Node): Norm | undefined {
  const difference = draft.maker(quotient.inputs[0]);
  const root = draft.maker(quotient.inputs[1]);
  const sum = root?.op === 'Sqrt' ? draft.maker(root.inputs[0]) : undefined;
  if (difference?.op !== 'Sub' || root === undefined || sum?.op !== 'Add') return undefined;
  const [variance, epsilon] = [0, 1].flatMap((i): [Node, number][] => {
    const [maker, value] = [draft.maker(sum.inputs[i]), draft.number(sum.inputs[1 - i])];
    return maker?.op === 'ReduceMean' && value !== undefined ? [[maker, value]] : [];
  })[0] ?? [undefined, 0];
  const square = draft.maker(variance?.inputs[0]);
  const mean = draft.maker(difference.inputs[1]);
  const x = difference.inputs[0]!;
  if (variance === undefined || square === undefined || mean?.op !== 'ReduceMean' || mean.inputs[0] !== x)
    return undefined;
  if (!isLast(draft, mean, x) || !isLast(draft, variance, x) || !isSquare(draft, square, difference.outputs[0]!))
    return undefined;
  // The difference is used twice, or three times where it is multiplied with itself; every other value once.
  const inner = [mean, square, variance, sum, root].every(({ outputs: [name = ''] }) => draft.isInner(name));
  const users = draft.users(difference.outputs[0]!);
  if (!inner || draft.kept.has(difference.outputs[0]!) || users.some((user) => user !== square && user !== quotient))
    return undefined;
  return { x, epsilon, nodes: [mean, difference, square, variance, sum, root] };
}

function isSquare(draft: Draft, node: Node, of: string): boolean {
  if (node.op === 'Mul') return node.inputs.every((name) => name === of);
  return node.op === 'Pow' && node.inputs[0] === of && draft.number(node.inputs[1]) === 2;
}

/** Whether a mean is taken along the last dimension, which stays as 1. */
function isLast(draft: Draft, mean: Node, x: string): boolean {
  const axes = intsOf(mean, 'axes') ?? draft.constant(mean.inputs[1], 1)?.data;
  if (axes?.length !== 1 || intOf(mean, 'keepdims', 1) === 0) return false;
  const rank = draft.rank(x);
  return axes[0] === -1 || (rank !== undefined && axes[0] === rank - 1);
}

/** The constant of one dimension that a node takes besides a value. */
function rowOf(draft: Draft, node: Node, besides: string): string | undefined {
  const other = node.inputs.find((name) => name !== besides);
  const tensor = other === undefined ? undefined : draft.initializers.get(other);
  return node.domain === '' && tensor?.type === 'f32' && tensor.dims.length === 1 && tensor.dims[0]! > 1
    ? other
    : undefined;
}
