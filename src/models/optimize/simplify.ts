/** Computes constants ahead, and drops nodes that hand their input on. */
import { calledKey, type Node, subgraphsOf } from '../graph.js';
import { ModelRunError } from '../run/errors.js';
import { budgetOf, hostOperators, operatorKey, runNode } from '../run/interpret.js';
import { elementCount } from '../tensor.js';
import type { Draft } from './draft.js';
import { toTensor } from './encode.js';

/** A constant that would take more elements is left to the run. */
const mostElements = 2 ** 20;

/** Operators whose result is no function of their inputs, or takes unbounded time or room. */
const unfoldable =
  /^(Random|Bernoulli|Multinomial|Loop|Scan|If|ConstantOfShape|Expand|Tile|Range|Resize|Pad|OneHot|Sequence|Dequantize|MatMulNBits|MatMulBnb4)/;

/** Steps that folding may take for the whole graph: what takes more is left to the run, which refuses it by name. */
const mostSteps = 2 ** 16;

/** Steps for one node: what makes more elements than are kept would be computed for nothing. */
const mostStepsOfNode = 2 ** 14;

export function foldConstants(draft: Draft): void {
  const budget = budgetOf(mostSteps);
  for (const node of draft.nodes) {
    if (!isFoldable(draft, node)) continue;
    const folded = fold(draft, node, budget);
    if (folded === undefined) continue;
    draft.remove(node);
    for (const tensor of folded) draft.initializers.set(tensor.name, tensor);
  }
}

function isFoldable(draft: Draft, node: Node): boolean {
  if (unfoldable.test(node.op) || subgraphsOf(node).length > 0) return false;
  if (draft.model.functions.has(calledKey(node)) || !hostOperators.has(operatorKey(node))) return false;
  // An output of the graph must be made by a node, and a value asked for is read from one.
  if (node.outputs.some((name) => draft.kept.has(name))) return false;
  const given = node.inputs.filter((name) => name !== '');
  const elements = given.reduce((sum, name) => sum + elementCount(draft.initializers.get(name)?.dims ?? []), 0);
  return elements <= mostElements && given.every((name) => draft.initializers.has(name));
}

function fold(draft: Draft, node: Node, whole: ReturnType<typeof budgetOf>) {
  const most = Math.min(whole.left, mostStepsOfNode);
  const budget = budgetOf(most);
  try {
    const values = runNode(draft.model, node, (name) => draft.constant(name), { budget });
    const tensors = node.outputs.flatMap((name, i) => {
      const value = values[i];
      if (name === '') return [];
      return [value?.kind === 'tensor' && value.data.length <= mostElements ? toTensor(name, value) : undefined];
    });
    return tensors.every((tensor) => tensor !== undefined) ? tensors : undefined;
  } catch (error) {
    // What cannot be computed is reported when the model runs.
    if (error instanceof ModelRunError || error instanceof RangeError) return undefined;
    throw error;
  } finally {
    whole.left -= most - budget.left;
  }
}

export function dropIdentities(draft: Draft): void {
  // In order, so that what an identity takes is already known by the name that stays.
  const names = new Map<string, string>();
  for (const node of draft.nodes) {
    const [input = '', output = ''] = [node.inputs[0], node.outputs[0]];
    if (node.domain !== '' || !isIdentity(draft, node) || input === '' || output === '') continue;
    if (draft.kept.has(output)) continue;
    draft.remove(node);
    names.set(output, names.get(input) ?? input);
  }
  draft.rename(names);
}

function isIdentity(draft: Draft, node: Node): boolean {
  if (node.op === 'Identity') return true;
  if (node.op !== 'Dropout' || (node.outputs[1] ?? '') !== '' || draft.opset(node) < 7) return false;
  const training = node.inputs[2] ?? '';
  return training === '' || draft.number(training) === 0;
}
