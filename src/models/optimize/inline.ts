/** Puts the nodes of the model's own functions in the place of their calls. */
import { type Attribute, calledKey, type GraphFunction, type Model, type Node, subgraphsOf } from '../graph.js';
import { resolveReferences } from '../run/interpret.js';

/** Calls deeper than this, or that would make the graph larger than so many nodes, stay as they are. */
const deepest = 8;
const mostNodes = 50_000;

export function inlineFunctions(model: Model): Model {
  if (model.functions.size === 0) return model;
  const taken = new Set(model.graph.nodes.flatMap(({ inputs, outputs }) => [...inputs, ...outputs]));
  let { nodes } = model.graph;
  for (let depth = 0; depth < deepest; depth++) {
    let count = nodes.length;
    const next = nodes.flatMap((node) => {
      const own = model.functions.get(calledKey(node));
      if (own === undefined || !fits(model, own) || count + own.nodes.length > mostNodes) return [node];
      count += own.nodes.length;
      return bodyOf(node, own, taken);
    });
    if (next.length === nodes.length && next.every((node, i) => node === nodes[i])) break;
    nodes = next;
  }
  return { ...model, graph: { ...model.graph, nodes } };
}

/** Inside, operators must be of the same versions as outside; names that subgraphs take are not followed. */
function fits({ opsets }: Model, own: GraphFunction): boolean {
  const domains = new Set(own.nodes.map(({ domain }) => domain));
  const sameVersions = [...domains].every(
    (domain) => !own.opsets.has(domain) || own.opsets.get(domain) === opsets.get(domain),
  );
  return sameVersions && own.nodes.every((node) => subgraphsOf(node).length === 0);
}

function bodyOf(call: Node, own: GraphFunction, taken: Set<string>): readonly Node[] {
  const names = new Map<string, string>([['', '']]);
  own.inputs.forEach((name, i) => {
    names.set(name, call.inputs[i] ?? '');
  });
  const passedOn: Node[] = [];
  own.outputs.forEach((name, i) => {
    const outer = call.outputs[i] ?? '';
    if (outer === '') return;
    if (names.has(name)) passedOn.push(identity(names.get(name)!, outer));
    else names.set(name, outer);
  });
  const prefix = call.name || call.outputs[0] || own.name;
  const rename = (name: string): string => {
    let known = names.get(name);
    for (let i = 0; known === undefined; i++) {
      const wanted = i === 0 ? `${prefix}/${name}` : `${prefix}.${i}/${name}`;
      if (!taken.has(wanted)) known = wanted;
    }
    names.set(name, known);
    taken.add(known);
    return known;
  };
  const nodes = own.nodes.map(
    (inner): Node => ({
      ...inner,
      name: inner.name === '' ? '' : `${prefix}/${inner.name}`,
      inputs: inner.inputs.map(rename),
      outputs: inner.outputs.map(rename),
      attributes: resolveReferences(inner, call, own),
    }),
  );
  return [...nodes, ...passedOn];
}

function identity(input: string, output: string): Node {
  const attributes = new Map<string, Attribute>();
  return { name: '', op: 'Identity', domain: '', overload: '', inputs: [input], outputs: [output], attributes };
}
