/** Operators that order elements by value: the k greatest or least, and unique elements. */
import type { HostCall, HostOperator } from '../call.js';
import { checkedCount, room } from '../room.js';
import { axisOf } from '../shapes.js';
import { countOf, type HostTensor, hostTensor } from '../values.js';
import { forLines, layoutAround, pickAxes } from '../walk.js';

/** k is an attribute before operator set 10. */
function wantedCount(call: HostCall): number {
  if (call.opset < 10) return call.int('k', 0);
  return call.input(1).data[0] ?? 0;
}

const topK: HostOperator = (call) => {
  const { type, dims, data } = call.input(0);
  const axis = axisOf(call, call.int('axis', -1), dims.length);
  const k = wantedCount(call);
  const layout = layoutAround(dims, axis);
  if (!(k >= 0 && k <= layout.size)) return call.fail('bad-value', `k is ${k}, of ${layout.size} elements`);
  const sign = call.int('largest', 1) === 1 ? -1 : 1;
  const shape = dims.map((size, i) => (i === axis ? k : size));
  const values = room(call, shape);
  const places = room(call, shape);
  const order = new Uint32Array(layout.size);
  const line = new Float64Array(layout.size);
  let count = 0;
  forLines(layout, (start) => {
    for (let i = 0; i < layout.size; i++) {
      line[i] = data[start + i * layout.inner]!;
      order[i] = i;
    }
    // Of equal elements the one with the lower index comes first.
    firstInOrder(order, k, (a, b) => sign * compareNumbers(line[a]!, line[b]!) || a - b);
    const outer = Math.floor(count / layout.inner);
    const to = outer * k * layout.inner + (count % layout.inner);
    for (let i = 0; i < k; i++) {
      values[to + i * layout.inner] = line[order[i]!]!;
      places[to + i * layout.inner] = order[i]!;
    }
    count++;
  });
  return [hostTensor(type, shape, values), hostTensor('i64', shape, places)];
};

const fewEnough = 64;

/** Puts the first k of the order to the front; a few are found in one pass, without sorting all. */
function firstInOrder(order: Uint32Array, k: number, compare: (a: number, b: number) => number): void {
  if (k > fewEnough || k > order.length / 4) {
    order.sort(compare);
    return;
  }
  for (let i = 0; i < order.length; i++) {
    // The first k places are overwritten while elements before `i` are read, so elements are named by their index.
    if (i >= k && (k === 0 || compare(i, order[k - 1]!) >= 0)) continue;
    let at = Math.min(i, k - 1);
    for (; at > 0 && compare(i, order[at - 1]!) < 0; at--) order[at] = order[at - 1]!;
    order[at] = i;
  }
}

/** NaN counts as greater than all, as in NumPy. */
function compareNumbers(a: number, b: number): number {
  if (a < b) return -1;
  if (a > b) return 1;
  return a === b ? 0 : Number(Number.isNaN(a)) - Number(Number.isNaN(b));
}

/** The slices of the tensor along an axis, as things to compare. */
interface Rows {
  readonly count: number;
  readonly key: (row: number) => string | number;
  readonly compare: (a: number, b: number) => number;
}

function rowsOf(tensor: HostTensor, axis: number): Rows {
  const { outer, size, inner } = layoutAround(tensor.dims, axis);
  const { data, strings } = tensor;
  const width = outer * inner;
  const place = (row: number, i: number): number => (Math.floor(i / inner) * size + row) * inner + (i % inner);
  const compareAt = (a: number, b: number): number =>
    strings
      ? Number(strings[a]! > strings[b]!) - Number(strings[a]! < strings[b]!)
      : compareNumbers(data[a]!, data[b]!);
  const elements = (row: number): (string | number)[] =>
    Array.from({ length: width }, (_, i) => (strings ? strings[place(row, i)]! : data[place(row, i)]! + 0));
  return {
    count: size,
    // Where rows are single elements, their numbers are their places; −0 + 0 is 0.
    key: (row) => (width === 1 ? (strings?.[row] ?? data[row]! + 0) : JSON.stringify(elements(row).map(String))),
    compare: (a, b) => {
      for (let i = 0; i < width; i++) {
        const order = compareAt(place(a, i), place(b, i));
        if (order !== 0) return order;
      }
      return 0;
    },
  };
}

const unique: HostOperator = (call) => {
  const given = call.input(0);
  const flat = !call.has('axis');
  const tensor: HostTensor = flat ? { ...given, dims: [countOf(given)] } : given;
  const axis = flat ? 0 : axisOf(call, call.int('axis', 0), given.dims.length);
  checkedCount(call, [tensor.dims[axis]!]);
  const rows = rowsOf(tensor, axis);
  /** First row of each group, and the group of each row, groups in order of appearance. */
  const firsts: number[] = [];
  const groups = new Map<string | number, number>();
  const groupOf = Array.from({ length: rows.count }, (_, row) => {
    const key = rows.key(row);
    const known = groups.get(key);
    if (known !== undefined) return known;
    groups.set(key, firsts.length);
    firsts.push(row);
    return firsts.length - 1;
  });
  const order = firsts.map((_, group) => group);
  if (call.int('sorted', 1) === 1) {
    const keys = [...groups.keys()];
    // Lone numbers are sorted natively, which takes a tenth of the time.
    const lone = keys.every((key) => typeof key === 'number');
    if (lone)
      Float64Array.from(keys)
        .sort()
        .forEach((key, i) => {
          order[i] = groups.get(key)!;
        });
    else order.sort((a, b) => rows.compare(firsts[a]!, firsts[b]!));
  }
  const rank = new Array<number>(order.length);
  order.forEach((group, i) => {
    rank[group] = i;
  });
  const counts = new Array<number>(order.length).fill(0);
  for (const group of groupOf) counts[rank[group]!]!++;
  const maps: number[][] = [];
  maps[axis] = order.map((group) => firsts[group]!);
  const list = (values: readonly number[]): HostTensor => hostTensor('i64', [values.length], values);
  const inverse = groupOf.map((group) => rank[group]!);
  return [pickAxes(call, tensor, maps), list(maps[axis]!), list(inverse), list(counts)];
};

export default { TopK: topK, Unique: unique } satisfies Readonly<Record<string, HostOperator>>;
