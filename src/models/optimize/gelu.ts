/** Finds the Gaussian error linear unit written out by its error function, or by the hyperbolic tangent. */
import type { Node } from '../graph.js';
import type { Draft } from './draft.js';

/** ½·x·(1 + erf(x/√2)), or ½·x·(1 + tanh(√(2/π)·(x + 0.044715·x³))), the factors in any order. */
export function fuseGelu(draft: Draft): void {
  for (const curve of draft.nodes) {
    if (curve.domain !== '' || (curve.op !== 'Erf' && curve.op !== 'Tanh')) continue;
    const sum = draft.next(curve.outputs[0]);
    if (sum?.op !== 'Add' || !sum.inputs.some((name) => draft.number(name) === 1)) continue;
    const found = outermost(draft, sum);
    const inner = curve.op === 'Erf' ? erfArgument(draft, curve) : tanhArgument(draft, curve);
    if (found === undefined || inner?.x !== found.x) continue;
    const approximate = curve.op === 'Erf' ? 'none' : 'tanh';
    draft.replace([...inner.nodes, curve, sum, ...found.nodes], {
      op: 'Gelu',
      inputs: [found.x],
      outputs: [found.output],
      attributes: { approximate: { kind: 'string', value: approximate } },
    });
  }
}

interface Factors {
  /** Product of the constant factors. */
  readonly constant: number;
  readonly others: readonly string[];
  readonly nodes: readonly Node[];
}

/** Products within products that are looked through. */
const deepest = 4;

/** What a value is the product of, through products and quotients that serve nothing else. */
function factorsOf(draft: Draft, name: string, depth = 0): Factors {
  const number = draft.number(name);
  if (number !== undefined) return { constant: number, others: [], nodes: [] };
  const node = draft.maker(name);
  const divides = node?.op === 'Div' && draft.number(node.inputs[1]) !== undefined;
  if (
    node === undefined ||
    node.domain !== '' ||
    (node.op !== 'Mul' && !divides) ||
    depth > deepest ||
    (depth > 0 && !draft.isInner(name))
  ) {
    return { constant: 1, others: [name], nodes: [] };
  }
  if (divides) {
    const { constant, others, nodes } = factorsOf(draft, node.inputs[0]!, depth + 1);
    return { constant: constant / draft.number(node.inputs[1])!, others, nodes: [...nodes, node] };
  }
  // A value times itself is used by one node only, but is no part of the chain.
  const same = node.inputs[0] === node.inputs[1];
  const parts = node.inputs.map((input) =>
    same ? { constant: 1, others: [input], nodes: [] } : factorsOf(draft, input, depth + 1),
  );
  return {
    constant: parts.reduce((product, part) => product * part.constant, 1),
    others: parts.flatMap(({ others }) => others),
    nodes: [...parts.flatMap(({ nodes }) => nodes), node],
  };
}

/** The end of the products after the sum, where they come to ½·x·sum. */
function outermost(draft: Draft, sum: Node) {
  let output = sum.outputs[0]!;
  for (let steps = 0; steps < 2; steps++) {
    const product = draft.next(output);
    if (product?.op !== 'Mul' && product?.op !== 'Div') return undefined;
    output = product.outputs[0]!;
    const { constant, others, nodes } = factorsOf(draft, output);
    const x = others.find((name) => name !== sum.outputs[0]);
    if (Math.abs(constant - 0.5) < 1e-6 && others.length === 2 && others.includes(sum.outputs[0]!) && x !== undefined) {
      return { x, output, nodes };
    }
  }
  return undefined;
}

function erfArgument(draft: Draft, curve: Node): { readonly x: string; readonly nodes: readonly Node[] } | undefined {
  const argument = curve.inputs[0]!;
  if (!draft.isInner(argument)) return undefined;
  const { constant, others, nodes } = factorsOf(draft, argument);
  return others.length === 1 && Math.abs(constant - Math.SQRT1_2) < 1e-4 ? { x: others[0]!, nodes } : undefined;
}

function tanhArgument(draft: Draft, curve: Node): { readonly x: string; readonly nodes: readonly Node[] } | undefined {
  const argument = curve.inputs[0]!;
  if (!draft.isInner(argument)) return undefined;
  const { constant, others, nodes } = factorsOf(draft, argument);
  const sum = others.length === 1 ? draft.maker(others[0]) : undefined;
  if (sum?.op !== 'Add' || !draft.isInner(others[0]!) || Math.abs(constant - Math.sqrt(2 / Math.PI)) > 1e-4)
    return undefined;
  for (const [x, cubed] of [sum.inputs, sum.inputs.toReversed()] as [string, string][]) {
    if (x === undefined || cubed === undefined || !draft.isInner(cubed)) continue;
    const cube = cubeOf(draft, cubed, x);
    if (cube !== undefined) return { x, nodes: [...nodes, sum, ...cube] };
  }
  return undefined;
}

/** The nodes of 0.044715·x³. */
function cubeOf(draft: Draft, name: string, x: string): readonly Node[] | undefined {
  const { constant, others, nodes } = factorsOf(draft, name);
  if (Math.abs(constant - 0.044715) > 1e-5) return undefined;
  const powers = others.map((other): number => (other === x ? 1 : powerOf(draft, other, x)));
  if (powers.reduce((sum, power) => sum + power, 0) !== 3 || powers.includes(0)) return undefined;
  const makers = others.flatMap((other) => (other === x ? [] : [draft.maker(other)!]));
  return makers.every(({ outputs }) => draft.isInner(outputs[0]!)) ? [...nodes, ...makers] : undefined;
}

/** 3 for Pow(x, 3), 2 for Mul(x, x), 0 for all else. */
function powerOf(draft: Draft, name: string, x: string): number {
  const node = draft.maker(name);
  if (node?.op === 'Mul') return node.inputs.every((input) => input === x) ? 2 : 0;
  return node?.op === 'Pow' && node.inputs[0] === x && draft.number(node.inputs[1]) === 3 ? 3 : 0;
}
