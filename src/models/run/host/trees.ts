/** Ensembles of decision trees, domain ai.onnx.ml. */
import type { HostCall, HostOperator } from '../call.js';
import { needRank, zeros } from '../dense.js';
import { type HostTensor, hostTensor } from '../values.js';

/** Comparisons of a feature with the split of a node, in the order of their numbers; the last asks for a member of a set. */
const comparisons: readonly ((x: number, split: number) => boolean)[] = [
  (x, split) => x <= split,
  (x, split) => x < split,
  (x, split) => x >= split,
  (x, split) => x > split,
  (x, split) => x === split,
  (x, split) => x !== split,
];
const memberMode = 6;

interface Nodes {
  readonly modes: Float64Array;
  readonly splits: Float64Array;
  readonly features: readonly number[];
  readonly trueNext: readonly number[];
  readonly falseNext: readonly number[];
  readonly trueIsLeaf: readonly number[];
  readonly falseIsLeaf: readonly number[];
  readonly missingIsTrue: readonly number[];
  readonly members: ReadonlyMap<number, ReadonlySet<number>>;
}

/** Values of all sets in one list, in the order of the nodes that ask for them, NaN after each. */
function membersOf(modes: Float64Array, values: Float64Array): ReadonlyMap<number, ReadonlySet<number>> {
  const sets: Set<number>[] = [new Set()];
  for (const value of values) {
    if (Number.isNaN(value)) sets.push(new Set());
    else sets.at(-1)!.add(value);
  }
  const asking = Array.from(modes.keys()).filter((node) => modes[node] === memberMode);
  return new Map(asking.map((node, i) => [node, sets[i] ?? new Set()]));
}

function needTensor(call: HostCall, name: string): HostTensor {
  return call.tensor(name) ?? call.fail('bad-value', `lacks the attribute ${name}`);
}

function nodesOf(call: HostCall): Nodes {
  const modes = needTensor(call, 'nodes_modes').data;
  const list = (name: string): readonly number[] => {
    const values = call.ints(name) ?? call.fail('bad-value', `lacks the attribute ${name}`);
    return values.length === modes.length
      ? values
      : call.fail('bad-value', `${name} has ${values.length} numbers for ${modes.length} nodes`);
  };
  const splits = needTensor(call, 'nodes_splits').data;
  const odd = modes.find((mode) => !(mode >= 0 && mode <= memberMode));
  if (odd !== undefined || splits.length !== modes.length)
    return call.fail('bad-value', `nodes_modes and nodes_splits do not state ${modes.length} comparisons`);
  return {
    modes,
    splits,
    features: list('nodes_featureids'),
    trueNext: list('nodes_truenodeids'),
    falseNext: list('nodes_falsenodeids'),
    trueIsLeaf: list('nodes_trueleafs'),
    falseIsLeaf: list('nodes_falseleafs'),
    missingIsTrue: call.ints('nodes_missing_value_tracks_true') ?? [],
    members: membersOf(modes, call.tensor('membership_values')?.data ?? new Float64Array()),
  };
}

/** The leaf that a row of features falls to. @throws ModelRunError for nodes that lead in a circle or nowhere. */
function leafOf(call: HostCall, nodes: Nodes, root: number, row: Float64Array): number {
  let node = root;
  for (let step = 0; step < nodes.modes.length; step++) {
    const mode = nodes.modes[node];
    const x = row[nodes.features[node] ?? -1];
    if (mode === undefined || x === undefined)
      return call.fail('bad-value', `node ${node} or its feature does not exist`);
    const missing = Number.isNaN(x) && nodes.missingIsTrue[node] === 1;
    const holds = mode === memberMode ? nodes.members.get(node)!.has(x) : comparisons[mode]!(x, nodes.splits[node]!);
    const taken = missing || holds;
    const from = node;
    node = (taken ? nodes.trueNext : nodes.falseNext)[from]!;
    const isLeaf = (taken ? nodes.trueIsLeaf : nodes.falseIsLeaf)[from] === 1;
    if (isLeaf) return node;
  }
  return call.fail('bad-value', 'its nodes lead in a circle');
}

/** How the leaves of all trees become one number for a target. */
interface Aggregate {
  readonly start: number;
  readonly join: (sum: number, weight: number) => number;
}

const sum: Aggregate = { start: 0, join: (all, weight) => all + weight };
/** In the order of their numbers: average, sum, minimum, maximum. */
const aggregates: readonly Aggregate[] = [
  sum,
  sum,
  { start: Number.POSITIVE_INFINITY, join: Math.min },
  { start: Number.NEGATIVE_INFINITY, join: Math.max },
];

function softmax(row: Float64Array, keepsZero: boolean): void {
  const most = row.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const powers = row.map((x) => (keepsZero && x === 0 ? 0 : Math.exp(x - most)));
  const total = powers.reduce((all, x) => all + x, 0);
  row.set(powers.map((x) => (total === 0 ? 0 : x / total)));
}

/** In the order of their numbers; the probit is left out. */
const transforms: readonly ((row: Float64Array) => void)[] = [
  () => {},
  (row) => softmax(row, false),
  (row) => row.set(row.map((x) => 1 / (1 + Math.exp(-x)))),
  (row) => softmax(row, true),
];

const treeEnsemble: HostOperator = (call) => {
  const x = call.input(0);
  needRank(call, 'the input', x.dims, 2);
  const [rows, features] = x.dims as [number, number];
  const nodes = nodesOf(call);
  const roots = call.ints('tree_roots') ?? call.fail('bad-value', 'lacks the attribute tree_roots');
  const targets = call.ints('leaf_targetids') ?? call.fail('bad-value', 'lacks the attribute leaf_targetids');
  const weights = needTensor(call, 'leaf_weights').data;
  const count = call.int('n_targets', 1);
  const number = call.int('aggregate_function', 1);
  const aggregate = aggregates[number] ?? call.fail('bad-value', `aggregate_function is ${number}, not 0 to 3`);
  const transform =
    transforms[call.int('post_transform', 0)] ??
    call.fail('unsupported-form', `post_transform ${call.int('post_transform', 0)} is not computed`);
  const out = zeros(call, [rows, count]);
  call.spend(rows * roots.length * Math.min(nodes.modes.length, 64));
  for (let n = 0; n < rows; n++) {
    const own = out.subarray(n * count, (n + 1) * count).fill(aggregate.start);
    for (const root of roots) {
      const leaf = leafOf(call, nodes, root, x.data.subarray(n * features, (n + 1) * features));
      const target = targets[leaf] ?? -1;
      if (!(target >= 0 && target < count))
        return call.fail('bad-value', `leaf ${leaf} is for target ${target} of ${count}`);
      own[target] = aggregate.join(own[target]!, weights[leaf]!);
    }
    for (let i = 0; i < count; i++) {
      if (!Number.isFinite(own[i]!)) own[i] = 0;
      if (number === 0) own[i]! /= roots.length;
    }
    transform(own);
  }
  return [hostTensor(x.type, [rows, count], out)];
};

export default { 'ai.onnx.ml.TreeEnsemble': treeEnsemble } satisfies Readonly<Record<string, HostOperator>>;
