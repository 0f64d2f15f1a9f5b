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

/** The groups of equal rows in the order of the output. */
interface Groups {
  /** First row of each. */
  readonly firsts: readonly number[];
  /** The group of each row. */
  readonly inverse: Float64Array;
}

function groupRows(rows: Rows, sorted: boolean): Groups {
  const firsts: number[] = [];
  const known = new Map<string | number, number>();
  const inverse = new Float64Array(rows.count);
  for (let row = 0; row < rows.count; row++) {
    const key = rows.key(row);
    let group = known.get(key);
    if (group === undefined) {
      group = firsts.length;
      known.set(key, group);
      firsts.push(row);
    }
    inverse[row] = group;
  }
  if (!sorted) return { firsts, inverse };
  const order = firsts.map((_, group) => group).sort((a, b) => rows.compare(firsts[a]!, firsts[b]!));
  const rank = new Uint32Array(order.length);
  order.forEach((group, i) => {
    rank[group] = i;
  });
  return { firsts: order.map((group) => firsts[group]!), inverse: inverse.map((group) => rank[group]!) };
}

/** Lone numbers in order: sorted natively and searched, many times faster than by a table. */
function groupNumbers(data: Float64Array): Groups {
  // All NaN are one, and stand last.
  const sorted = data.slice().sort();
  const keys = sorted.filter((x, i) => i === 0 || (x !== sorted[i - 1] && !Number.isNaN(sorted[i - 1]!)));
  const firsts = new Array<number>(keys.length).fill(-1);
  const inverse = new Float64Array(data.length);
  for (let i = 0; i < data.length; i++) {
    const group = Number.isNaN(data[i]!) ? keys.length - 1 : search(keys, data[i]!);
    inverse[i] = group;
    if (firsts[group] === -1) firsts[group] = i;
  }
  return { firsts, inverse };
}

function search(keys: Float64Array, x: number): number {
  let low = 0;
  let high = keys.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    // A comparison with NaN is false, which is right: it stands last.
    if (keys[middle]! < x) low = middle + 1;
    else high = middle;
  }
  return low;
}

const unique: HostOperator = (call) => {
  const given = call.input(0);
  const flat = !call.has('axis');
  const tensor: HostTensor = flat ? { ...given, dims: [countOf(given)] } : given;
  const axis = flat ? 0 : axisOf(call, call.int('axis', 0), given.dims.length);
  checkedCount(call, [tensor.dims[axis]!]);
  const sorted = call.int('sorted', 1) === 1;
  const lone = tensor.dims.length === 1 && tensor.strings === undefined;
  const { firsts, inverse } = lone && sorted ? groupNumbers(tensor.data) : groupRows(rowsOf(tensor, axis), sorted);
  const counts = new Float64Array(firsts.length);
  for (const group of inverse) counts[group]!++;
  const maps: (readonly number[])[] = [];
  maps[axis] = firsts;
  const list = (values: ArrayLike<number>): HostTensor => hostTensor('i64', [values.length], values);
  return [pickAxes(call, tensor, maps), list(firsts), list(inverse), list(counts)];
};

export default { TopK: topK, Unique: unique } satisfies Readonly<Record<string, HostOperator>>;
