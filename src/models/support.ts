/** What of a model is not computed here, told before anything is run. */
import { functionKey, type Model, nodesOf, nodeTitle } from './graph.js';
import { opsetRange } from './onnx/read.js';
import { hostOperators, operatorKey } from './run/interpret.js';
import { lowerings } from './run/lowering.js';

/** One sentence per operator that neither kernels nor the host compute; empty where the model can be run. */
export function unsupportedIn(model: Model): readonly string[] {
  const bodies = [...model.functions.values()].map(({ nodes }) => nodes);
  const nodes = [...nodesOf(model.graph), ...bodies.flat()];
  const found = new Map<string, { count: number; first: string }>();
  for (const node of nodes) {
    const key = operatorKey(node);
    if (hostOperators.has(key) || lowerings.has(key) || model.functions.has(functionKey(node))) continue;
    const entry = found.get(key) ?? { count: 0, first: nodeTitle(node) };
    entry.count++;
    found.set(key, entry);
  }
  const sentences = [...found].map(([key, { count, first }]) => {
    const times = count === 1 ? 'once' : `${count} times`;
    return `Operator ${key} is not computed here (${times}, first as ${first}).`;
  });
  const version = model.opsets.get('') ?? model.opsets.get('ai.onnx');
  if (version !== undefined && (version < opsetRange.least || version > opsetRange.most)) {
    sentences.push(
      `Operator set ${version} is outside of ${opsetRange.least} to ${opsetRange.most}, so operators may mean something else.`,
    );
  }
  return sentences;
}
