/** Which nodes give other values in every run. */
import { type Node, nodesOf, subgraphsOf } from '../graph.js';

/** Operators whose outputs differ from run to run. */
const random: ReadonlySet<string> = new Set([
  'RandomNormal',
  'RandomNormalLike',
  'RandomUniform',
  'RandomUniformLike',
  'Multinomial',
  'Bernoulli',
  'Dropout',
]);

/** Whether the node, or one inside it, is random. */
export function isRandom(node: Node): boolean {
  return random.has(node.op) || subgraphsOf(node).some((graph) => [...nodesOf(graph)].some(({ op }) => random.has(op)));
}
