/** Labelled data from files: images or rows as batches of a model's input, labels as integers, and whether they fit. */
import { readCsv } from '../data/csv.js';
import { isIdx, readIdx } from '../data/idx.js';
import { gunzipped, isGzip } from '../data/inflate.js';
import { isNpy, readNpy, readNpz } from '../data/npy.js';
import type { ModelFile } from '../file.js';
import type { Model, Value } from '../graph.js';
import { type HostTensor, type HostValue, hostTensor } from '../run/values.js';
import { type ElementType, elementCount, type Tensor } from '../tensor.js';
import { numbersOf } from '../values.js';
import { assigned, type OtherFeed } from './data-inputs.js';
import { QuantizeError } from './errors.js';

/** How stored numbers become inputs. `0…1` divides bytes by 255; `mean/std` then normalizes by channel. */
export type Scaling =
  | { readonly kind: '0…255' }
  | { readonly kind: '0…1' }
  | { readonly kind: 'mean/std'; readonly mean: readonly number[]; readonly std: readonly number[] };

export interface DataSet {
  /** Name of the file that holds the examples. */
  readonly name: string;
  readonly count: number;
  /** Dimensions of one example. */
  readonly dims: readonly number[];
  readonly type: ElementType;
  /** All examples, one after the other. */
  readonly tensor: Tensor;
  /** Further arrays of the file, for further inputs of a model. */
  readonly others?: readonly Tensor[];
  /** Class of each example, where labels are known. */
  readonly labels?: Int32Array<ArrayBuffer>;
}

/**
 * Reads examples, and their labels where these are given.
 * @param labels a file of as many integers; a CSV or npz of examples may bring its own (`label` column, `labels` or `y` array).
 * @throws QuantizeError `bad-data`, where files do not fit each other; ModelFileError for what is wrong inside of one.
 */
export function readDataSet(examples: ModelFile, labels?: ModelFile): DataSet {
  const { tensor, labels: own, others } = readExamples(examples);
  const given = labels === undefined ? own : readLabels(labels);
  const [count, ...dims] = tensor.dims as [number, ...number[]];
  if (tensor.dims.length === 0 || count === 0) throw new QuantizeError('bad-data', examples.name, 'holds no examples');
  const set = { name: examples.name, count, dims, type: tensor.type, tensor, ...(others ? { others } : {}) };
  return given === undefined ? set : withLabels(set, given, labels?.name ?? examples.name);
}

/** The set with these labels. @throws QuantizeError `bad-data` for another number of them, or for classes that are no integers ≥ 0. */
export function withLabels(set: DataSet, labels: ArrayLike<number>, name = 'Labels'): DataSet {
  if (labels.length !== set.count)
    throw new QuantizeError('bad-data', name, `has ${labels.length} labels, but ${set.name} has ${set.count} examples`);
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    if (!Number.isInteger(label) || label < 0 || label >= 2 ** 31)
      throw new QuantizeError('bad-data', name, `has label ${label} at ${i}; classes are whole numbers from 0`);
  }
  return { ...set, labels: Int32Array.from(labels) };
}

interface Examples {
  readonly tensor: Tensor;
  readonly labels?: ArrayLike<number>;
  readonly others?: readonly Tensor[];
}

function readExamples(given: ModelFile): Examples {
  const file = isGzip(given.bytes) ? gunzipped(given) : given;
  const { bytes } = file;
  if (isIdx(bytes)) return { tensor: readIdx(file) };
  if (isNpy(bytes)) return { tensor: readNpy(file) };
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) return fromNpz(file);
  if (/\.(csv|txt)(\.gz)?$/i.test(given.name)) return fromCsv(file);
  throw new QuantizeError(
    'bad-data',
    given.name,
    'is no data file that is known here; IDX, npy, npz and CSV are, also gzipped, and images',
  );
}

/** Labels as numbers, in the order of the examples. @throws QuantizeError `bad-data` where they are no list. */
export function readLabels(file: ModelFile): ArrayLike<number> {
  const { tensor } = readExamples(file);
  const flat = tensor.dims.filter((size) => size !== 1);
  if (flat.length > 1)
    throw new QuantizeError('bad-data', file.name, `is [${tensor.dims}]; labels are one number for each example`);
  return numbersOf(tensor);
}

const labelNames: ReadonlySet<string> = new Set(['y', 'label', 'labels', 'target', 'targets', 'class', 'y_test']);

function fromNpz(file: ModelFile): Examples {
  const arrays = readNpz(file);
  const labels = arrays.find(({ name }) => labelNames.has(name.toLowerCase()));
  const [tensor, ...others] = arrays
    .filter((array) => array !== labels)
    .sort((a, b) => b.bytes.length - a.bytes.length);
  if (tensor === undefined) throw new QuantizeError('bad-data', file.name, 'holds no array of examples');
  return { tensor, ...(labels ? { labels: numbersOf(labels) } : {}), ...(others.length > 0 ? { others } : {}) };
}

/** Columns are features, but for one that is named as a label. */
function fromCsv(file: ModelFile): Examples {
  const table = readCsv(file);
  const at = table.columns?.findIndex((name) => labelNames.has(name.toLowerCase())) ?? -1;
  const width = table.tensor.dims[1]!;
  const values = numbersOf(table.tensor);
  if (at < 0) return { tensor: width === 1 ? { ...table.tensor, dims: [table.tensor.dims[0]!] } : table.tensor };
  const count = table.tensor.dims[0]!;
  const labels = Float64Array.from({ length: count }, (_, row) => values[row * width + at]!);
  const data = new Float32Array(count * (width - 1));
  for (let row = 0, to = 0; row < count; row++) {
    for (let column = 0; column < width; column++) if (column !== at) data[to++] = values[row * width + column]!;
  }
  const bytes = new Uint8Array(data.buffer);
  return { tensor: { name: file.name, type: 'f32', dims: [count, width - 1], bytes }, labels };
}

/** How a set is fed to a model: the input's name and the dimensions that one example takes in it. */
export interface Feed {
  readonly input: string;
  readonly type: ElementType;
  /** Of a batch of one. */
  readonly dims: readonly number[];
  /** Examples that one run takes: more than one only where the model leaves the first dimension open. */
  readonly batch: number;
  /** Further inputs, where the model has some. */
  readonly others?: readonly OtherFeed[];
}

/** Types that data is converted to. */
const fed: ReadonlySet<ElementType> = new Set(['f32', 'f16', 'bf16', 'f64', 'u8', 'i8', 'i32', 'i64', 'bool']);

/**
 * How the set fits the model's inputs: dimensions of one may be left out or added, nothing else.
 * @param set as `assigned` has it for this model, where the model has several inputs.
 * @param batch examples per run that are wanted.
 * @throws QuantizeError `bad-data`, naming the shapes expected and found.
 */
export function feedOf(model: Model, set: DataSet, batch = 1): Feed {
  const { input, others } = assigned(model, set);
  const main = fitted(input, set.name, set.count, set.dims);
  const first = input.type?.kind === 'tensor' ? input.type.dims?.[0] : undefined;
  // A fixed first dimension above one is a batch that must be filled.
  const feed = { input: input.name, ...main, batch: Math.max(1, typeof first === 'number' ? first : batch) };
  if (others.length === 0) return feed;
  const further = others.map(({ input: other, from }): OtherFeed => {
    const dims = typeof from === 'string' ? main.dims.slice(1) : from.dims.slice(1);
    const what = typeof from === 'string' ? set.name : `${set.name}, "${from.name}"`;
    return { input: other.name, ...fitted(other, what, set.count, dims), from };
  });
  return { ...feed, others: further };
}

/** An input's type, and the dimensions of a batch of one in it. @throws QuantizeError `bad-data` with the shapes. */
function fitted(
  { name, type }: Value,
  what: string,
  count: number,
  found: readonly number[],
): Pick<Feed, 'type' | 'dims'> {
  if (type?.kind !== 'tensor' || !fed.has(type.type))
    throw new QuantizeError('bad-data', what, `cannot be given to input "${name}", which is no tensor of numbers`);
  const shape = type.dims ?? [undefined, ...found];
  const wanted = shape.slice(1).map((dim) => (typeof dim === 'number' ? dim : undefined));
  const dims = shape.length === 0 ? undefined : exampleDims(found, wanted);
  if (dims !== undefined) return { type: type.type, dims: [1, ...dims] };
  const expected = shape.map((dim) => dim ?? '?').join(', ');
  const rule = `holds [${[count, ...found].join(', ')}], but input "${name}" takes [${expected}]`;
  throw new QuantizeError('bad-data', what, rule);
}

/** Dimensions of an example as the input has them, or undefined where they do not fit. */
function exampleDims(found: readonly number[], wanted: readonly (number | undefined)[]): readonly number[] | undefined {
  const matches = (dims: readonly number[]): boolean =>
    dims.length === wanted.length && dims.every((size, i) => wanted[i] === undefined || wanted[i] === size);
  if (matches(found)) return found;
  const missing = wanted.length - found.length;
  // Sizes of one in front, as the channel of grey images.
  if (missing > 0) {
    const padded = [...new Array<number>(missing).fill(1), ...found];
    if (matches(padded)) return padded;
  }
  const total = elementCount(found);
  const squeezed = found.filter((size) => size !== 1);
  const core = wanted.filter((size) => size !== 1);
  const same = core.length === squeezed.length && core.every((size, i) => size === undefined || size === squeezed[i]);
  if (same && wanted.every((size) => size !== undefined) && elementCount(wanted as number[]) === total)
    return wanted as number[];
  // Images into a model that takes rows.
  return wanted.length === 1 && (wanted[0] === undefined || wanted[0] === total) ? [total] : undefined;
}

/** Channels of an example, by which `mean/std` goes: the first dimension of images, else one. */
function channelsOf(dims: readonly number[]): number {
  return dims.length >= 4 ? dims[1]! : 1;
}

/**
 * Batches of inputs in order. The last is shorter where the model lets it be; a model with a fixed batch gets whole ones only,
 * the last examples repeated, so `count` says how many of a batch to count.
 * @throws QuantizeError `bad-value` for a scaling that does not fit the channels.
 */
export function* batchesOf(
  set: DataSet,
  feed: Feed,
  scaling: Scaling,
  {
    from = 0,
    to = set.count,
    fixed = feed.batch > 1,
  }: { readonly from?: number; readonly to?: number; readonly fixed?: boolean } = {},
): Generator<{ readonly inputs: ReadonlyMap<string, HostValue>; readonly from: number; readonly count: number }> {
  const size = elementCount(set.dims);
  const convert = converter(scaling, feed.dims);
  const all = numbersOf(set.tensor);
  for (let at = from; at < to; at += feed.batch) {
    const count = Math.min(feed.batch, to - at);
    const held = fixed ? feed.batch : count;
    const data = new Float64Array(held * size);
    for (let i = 0; i < held; i++) {
      const example = Math.min(at + i, to - 1);
      for (let k = 0; k < size; k++) data[i * size + k] = convert(all[example * size + k]!, k);
    }
    const tensor: HostTensor = hostTensor(feed.type, [held, ...feed.dims.slice(1)], data);
    const inputs = new Map<string, HostValue>([[feed.input, tensor]]);
    for (const other of feed.others ?? []) inputs.set(other.input, otherBatch(other, at, held, to - 1));
    yield { inputs, from: at, count };
  }
}

/** A batch of a further input, as it is: scaling is for the main one. @param last example, repeated where the batch is longer. */
function otherBatch({ type, dims, from }: OtherFeed, at: number, held: number, last: number): HostTensor {
  const size = elementCount(dims);
  const shape = [held, ...dims.slice(1)];
  const width = dims.at(-1) ?? 1;
  if (from === 'positions')
    return hostTensor(
      type,
      shape,
      Float64Array.from({ length: held * size }, (_, i) => i % width),
    );
  if (typeof from === 'string')
    return hostTensor(type, shape, new Float64Array(held * size).fill(from === 'ones' ? 1 : 0));
  const values = numbersOf(from, at * size, Math.min(last + 1, at + held) * size);
  const rows = values.length / size;
  return hostTensor(
    type,
    shape,
    Float64Array.from(
      { length: held * size },
      (_, i) => values[Math.min(Math.floor(i / size), rows - 1) * size + (i % size)]!,
    ),
  );
}

function converter(scaling: Scaling, dims: readonly number[]): (value: number, index: number) => number {
  if (scaling.kind === '0…255') return (value) => value;
  if (scaling.kind === '0…1') return (value) => Math.fround(value / 255);
  const channels = channelsOf(dims);
  const { mean, std } = scaling;
  if ((mean.length !== 1 && mean.length !== channels) || std.length !== mean.length || !std.every((each) => each > 0)) {
    throw new QuantizeError(
      'bad-value',
      'Mean and deviation',
      `are [${mean}] and [${std}], but there are ${channels} channels; give one for all or one each, deviations above 0`,
    );
  }
  const plane = elementCount(dims) / channels;
  return (value, index) => {
    const channel = mean.length === 1 ? 0 : Math.floor(index / plane);
    return Math.fround((value / 255 - mean[channel]!) / std[channel]!);
  };
}
