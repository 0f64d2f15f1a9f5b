/** Einstein summation: any number of operands, repeated letters, ellipses. */
import { elementCount } from '../../tensor.js';
import type { HostCall, HostOperator } from '../call.js';
import { addProduct, gathered, needPatience, positions, roomFor, zeros } from '../dense.js';
import { stridesOf } from '../shapes.js';
import { type HostTensor, hostTensor } from '../values.js';

/** A tensor whose dimensions have labels, each once. Labels of an ellipsis are `.0`, `.1` … counted from the right. */
interface Labelled {
  readonly labels: readonly string[];
  readonly dims: readonly number[];
  readonly data: Float64Array;
}

const einsum: HostOperator = (call) => {
  const equation = call.string('equation', '').replaceAll(' ', '');
  const [left = '', right] = equation.split('->');
  const terms = left.split(',');
  if (!/^[A-Za-z.,]*(->[A-Za-z.]*)?$/.test(equation) || terms.length !== call.inputs.length) {
    return call.fail('bad-value', `the equation "${equation}" does not fit ${call.inputs.length} operands`);
  }
  const labels = terms.map((term, i) => labelsOf(call, term, call.input(i).dims.length));
  const sizes = sizesOf(call, labels);
  const dots = [...sizes.keys()]
    .filter((label) => label.startsWith('.'))
    .sort((a, b) => Number(b.slice(1)) - Number(a.slice(1)));
  const wanted = right === undefined ? implied(labels, dots) : explicit(right, dots);
  if (new Set(wanted).size !== wanted.length || wanted.some((label) => !sizes.has(label))) {
    return call.fail('bad-value', `the output of "${equation}" repeats a letter or names one that no operand has`);
  }
  const operands = labels.map((own, i) => diagonal(call.input(i), own, sizes));
  const result = reduceAll(call, operands, wanted, sizes);
  return [hostTensor(call.input(0).type, result.dims, result.data)];
};

function labelsOf(call: HostCall, term: string, rank: number): readonly string[] {
  const [before = '', after] = term.split('...');
  if (term.split('...').length > 2 || before.includes('.') || after?.includes('.')) {
    return call.fail('bad-value', `"${term}" has more than one ellipsis`);
  }
  const letters = before.length + (after?.length ?? 0);
  const hidden = rank - letters;
  if (hidden < 0 || (after === undefined && hidden !== 0)) {
    return call.fail('bad-shape', `"${term}" does not fit an operand of ${rank} dimensions`);
  }
  return [...before, ...ellipsis(hidden), ...(after ?? '')];
}

function ellipsis(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `.${count - 1 - i}`);
}

/** Size of each label; size 1 broadcasts. */
function sizesOf(call: HostCall, labels: readonly (readonly string[])[]): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  labels.forEach((own, i) => {
    own.forEach((label, d) => {
      const size = call.input(i).dims[d]!;
      const known = sizes.get(label) ?? 1;
      if (known !== 1 && size !== 1 && known !== size) {
        call.fail('bad-shape', `"${label}" is ${known} in one operand and ${size} in another`);
      }
      sizes.set(label, known === 1 ? size : known);
    });
  });
  return sizes;
}

/** Without an arrow: the ellipsis, then letters that occur once, in alphabetic order. */
function implied(labels: readonly (readonly string[])[], dots: readonly string[]): readonly string[] {
  const all = labels.flat().filter((label) => !label.startsWith('.'));
  const once = [...new Set(all)].filter((label) => all.indexOf(label) === all.lastIndexOf(label));
  return [...dots, ...once.sort()];
}

function explicit(right: string, dots: readonly string[]): readonly string[] {
  const [before = '', after] = right.split('...');
  return after === undefined ? [...before] : [...before, ...dots, ...after];
}

/** Each label once, in full size or dropped: repeated letters take the diagonal, dimensions of 1 are dropped where the label is larger. */
function diagonal({ dims, data }: HostTensor, own: readonly string[], sizes: ReadonlyMap<string, number>): Labelled {
  const strides = stridesOf(dims);
  const steps = new Map<string, number>();
  own.forEach((label, d) => {
    const wide = dims[d] !== 1 || sizes.get(label) === 1;
    if (wide) steps.set(label, (steps.get(label) ?? 0) + strides[d]!);
  });
  const labels = [...steps.keys()];
  const kept = labels.map((label) => sizes.get(label)!);
  const from = positions(kept, [...steps.values()]);
  return { labels, dims: kept, data: gathered(data, from) };
}

function reduceAll(
  call: HostCall,
  operands: readonly Labelled[],
  wanted: readonly string[],
  sizes: ReadonlyMap<string, number>,
): Labelled {
  let result = operands[0]!;
  for (let i = 1; i < operands.length; i++) {
    const later = new Set([...operands.slice(i + 1).flatMap(({ labels }) => labels), ...wanted]);
    result = contract(call, result, operands[i]!, later);
  }
  const one: Labelled = { labels: [], dims: [], data: Float64Array.of(1) };
  result = contract(call, result, one, new Set(wanted));
  return ordered(call, result, wanted, sizes);
}

/** One product of two operands, summed over labels that nobody needs later: a batched matrix product. */
function contract(call: HostCall, a: Labelled, b: Labelled, later: ReadonlySet<string>): Labelled {
  const inA = new Set(a.labels);
  const inB = new Set(b.labels);
  const left = summed(a, (label) => later.has(label) || inB.has(label));
  const right = summed(b, (label) => later.has(label) || inA.has(label));
  const both = left.labels.filter((label) => inB.has(label));
  const batch = both.filter((label) => later.has(label));
  const inner = both.filter((label) => !later.has(label));
  const rows = left.labels.filter((label) => !inB.has(label));
  const columns = right.labels.filter((label) => !inA.has(label));
  const size = (labels: readonly string[], of: Labelled): number[] =>
    labels.map((label) => of.dims[of.labels.indexOf(label)]!);
  const dims = [...size(batch, left), ...size(rows, left), ...size(columns, right)];
  const out = zeros(call, dims);
  const [m, k, n] = [size(rows, left), size(inner, left), size(columns, right)].map(elementCount) as [
    number,
    number,
    number,
  ];
  needPatience(call, out.length * k);
  const first = moved(left, [...batch, ...rows, ...inner]);
  const second = moved(right, [...batch, ...inner, ...columns]);
  for (let i = 0; i < elementCount(size(batch, left)); i++) {
    addProduct({ a: first, aAt: i * m * k, b: second, bAt: i * k * n, out, outAt: i * m * n, m, k, n });
  }
  return { labels: [...batch, ...rows, ...columns], dims, data: out };
}

/** Sums over the labels that are not kept. */
function summed(x: Labelled, keeps: (label: string) => boolean): Labelled {
  const labels = x.labels.filter(keeps);
  if (labels.length === x.labels.length) return x;
  const dropped = x.labels.filter((label) => !keeps(label));
  const dims = labels.map((label) => x.dims[x.labels.indexOf(label)]!);
  const data = moved(x, [...labels, ...dropped]);
  const out = new Float64Array(elementCount(dims));
  const each = elementCount(dropped.map((label) => x.dims[x.labels.indexOf(label)]!));
  for (let i = 0; i < data.length; i++) out[Math.floor(i / each)]! += data[i]!;
  return { labels, dims, data: out };
}

function moved(x: Labelled, labels: readonly string[]): Float64Array {
  const order = labels.map((label) => x.labels.indexOf(label));
  if (order.every((from, to) => from === to)) return x.data;
  const strides = stridesOf(x.dims);
  const from = positions(
    order.map((d) => x.dims[d]!),
    order.map((d) => strides[d]!),
  );
  return gathered(x.data, from);
}

/** The labels in the order that is asked, those that only broadcast operands had repeated to full size. */
function ordered(call: HostCall, x: Labelled, wanted: readonly string[], sizes: ReadonlyMap<string, number>): Labelled {
  const dims = wanted.map((label) => sizes.get(label)!);
  roomFor(call, dims);
  const strides = stridesOf(x.dims);
  const from = positions(
    dims,
    wanted.map((label) => (x.labels.includes(label) ? strides[x.labels.indexOf(label)]! : 0)),
  );
  return { labels: wanted, dims, data: gathered(x.data, from) };
}

export default { Einsum: einsum } satisfies Readonly<Record<string, HostOperator>>;
