/** One operation with one shape on one device: inputs uploaded, answer known, ready for any of its kernels. */
import { poison, poisonWord, readBack, storageBuffer, upload, viewAs } from '../gpu/buffers.js';
import { bufferBytes, byteLength } from '../gpu/pipelines.js';
import type { Buffers, Operation, OutputValues, PickRows, Reference, Shape, Unquantized } from '../kernel/operation.js';
import { compare } from '../numerics/compare.js';
import { decodeFloat16 } from '../numerics/float16.js';
import { quality } from '../numerics/quality.js';
import { type Distribution, type Random, seededRandom } from '../numerics/random.js';
import { answersFor, sameDraws } from './answers.js';
import type { Accuracy, Verification } from './results.js';

export interface Problem {
  readonly operation: Operation;
  readonly shape: Shape;
  readonly inputs: Buffers;
  /** The exact answer with its bounds, for the rows that are checked. */
  readonly references: readonly Reference[];
  /** GPU buffers by binding name. */
  readonly buffers: BufferSet;
  /** Further sets of buffers with the same inputs, for timing with cold caches; freed with the problem. */
  readonly copies: (count: number) => readonly BufferSet[];
  /** Time to write all inputs, ns, by the wall clock. */
  readonly uploadNs: number;
  readonly poisonOutputs: () => void;
  /** Reads every output back and holds it against the reference. */
  readonly check: () => Promise<Check>;
  readonly destroy: () => void;
}

export type BufferSet = Readonly<Record<string, GPUBuffer>>;

export interface Check {
  readonly right: boolean;
  readonly verification: Verification;
  /** For quantized and approximate operations. */
  readonly accuracy?: Accuracy;
  readonly readbackNs: number;
}

export interface ProblemOptions {
  readonly seed: number;
  readonly distribution: Distribution;
  /** Nominal operations that may be spent on the reference; beyond it a seeded sample of rows is checked. */
  readonly referenceBudget: number;
  readonly nowMs: () => number;
  /** Heard while a long reference is computed. */
  readonly signal?: AbortSignal;
}

/** @throws the reason of the signal; nothing is left on the device then. */
export async function createProblem(
  device: GPUDevice,
  operation: Operation,
  shape: Shape,
  options: ProblemOptions,
): Promise<Problem> {
  const draw = (): Random => seededRandom(options.seed, options.distribution);
  const inputs = operation.inputs(shape, draw());
  const pick = rowPicker(operation, shape, options);
  const { nowMs, signal } = options;
  const long = { nominal: Math.min(options.referenceBudget, operation.cost(shape).nominal), nowMs, signal };
  const references = await answersFor((rows) => operation.reference(inputs, shape, rows), pick, long);
  const draws = sameDraws(draw);
  const ideal = (rows: PickRows) => operation.unquantized?.(shape, draws(), rows) ?? [];
  const unquantized = await answersFor(ideal, pick, long);
  const begin = options.nowMs();
  const buffers = createBuffers(device, operation, shape, inputs);
  await device.queue.onSubmittedWorkDone();
  const uploadNs = (options.nowMs() - begin) * 1e6;
  const sets = [buffers];
  const outputs = operation.bindings.filter(({ access }) => access === 'read_write');
  return {
    operation,
    shape,
    inputs,
    references,
    buffers,
    uploadNs,
    copies(count) {
      while (sets.length <= count) sets.push(createBuffers(device, operation, shape, inputs));
      return sets.slice(1, count + 1);
    },
    poisonOutputs: () => {
      for (const { name } of outputs) poison(device, buffers[name]!);
    },
    check: () => checkOutputs(device, { operation, shape, buffers, references, unquantized }, options.nowMs),
    destroy: () => {
      for (const buffer of sets.flatMap((set) => Object.values(set))) buffer.destroy();
    },
  };
}

/** Poisoned bytes behind every buffer: reading them spoils a result, and writing them is seen. */
export const slack = 256;

function createBuffers(device: GPUDevice, operation: Operation, shape: Shape, inputs: Buffers): BufferSet {
  const buffers: Record<string, GPUBuffer> = {};
  for (const [name, bytes] of bufferBytes(operation, shape)) {
    const most = Math.min(device.limits.maxStorageBufferBindingSize, device.limits.maxBufferSize);
    buffers[name] = storageBuffer(device, `${operation.id} ${name}`, bytes + slack <= most ? bytes + slack : bytes);
    poison(device, buffers[name], bytes);
  }
  for (const [name, data] of Object.entries(inputs)) upload(device, buffers[name]!, data);
  return buffers;
}

/** All rows while the budget lasts; else the first, the last and a seeded sample between, as many as it allows. */
function rowPicker(operation: Operation, shape: Shape, { seed, referenceBudget }: ProblemOptions): PickRows {
  const share = Math.min(1, referenceBudget / operation.cost(shape).nominal);
  return (count) => {
    const random = seededRandom(seed + 1);
    const wanted = Math.max(1, Math.floor(count * share));
    if (wanted >= count) return Uint32Array.from({ length: count }, (_, row) => row);
    const rows = new Set([0, count - 1]);
    while (rows.size < wanted) rows.add(random.below(count));
    return Uint32Array.from([...rows].sort((a, b) => a - b));
  };
}

interface Answers {
  readonly operation: Operation;
  readonly shape: Shape;
  readonly buffers: BufferSet;
  readonly references: readonly Reference[];
  readonly unquantized: readonly Unquantized[];
}

async function checkOutputs(device: GPUDevice, answers: Answers, nowMs: () => number): Promise<Check> {
  const { operation, shape, buffers, references } = answers;
  const outputs: Record<string, ArrayLike<number>> = {};
  let elements = 0;
  let of = 0;
  let worst = 0;
  let first: string | undefined;
  let readbackNs = 0;
  for (const reference of references) {
    const binding = operation.bindings.find(({ name }) => name === reference.output)!;
    const begin = nowMs();
    const bytes = await readBack(device, buffers[binding.name]!);
    readbackNs += (nowMs() - begin) * 1e6;
    const length = binding.length(shape);
    const actual = decode(binding.element, bytes).subarray(0, length);
    if (strays(bytes, byteLength(binding.element, length))) first ??= `${binding.name} was written past its end`;
    const comparison = compare(actual, reference);
    elements += comparison.elements;
    of += length;
    worst = Math.max(worst, comparison.worst);
    first ??= comparison.first;
    outputs[binding.name] = actual;
  }
  const accuracy = first === undefined ? accuracyOf(outputs, answers) : undefined;
  const verification = { elements, of, worst: Math.min(worst, Number.MAX_VALUE), ...(first ? { first } : {}) };
  return { right: first === undefined, verification, readbackNs, ...(accuracy ? { accuracy } : {}) };
}

/** How far what the outputs stand for is from the unquantized result; nothing where there is none to be held against. */
function accuracyOf(outputs: OutputValues, { operation, shape, unquantized: [ideal] }: Answers): Accuracy | undefined {
  if (!ideal || ideal.values.length === 0) return undefined;
  const { output, rows, columns, values } = ideal;
  const actual = { ...outputs, ...operation.decode?.(outputs, shape) }[output]!;
  const picked = Float64Array.from(values, (_, i) => actual[rows[Math.floor(i / columns)]! * columns + (i % columns)]!);
  const { sqnrDb, relativeRms, maxAbsolute } = quality(values, picked);
  return { relativeRms, maxAbsolute, ...(Number.isFinite(sqnrDb) ? { sqnrDb } : {}) };
}

/** Whether a kernel wrote beyond the `end` of what is its to write. */
function strays(bytes: ArrayBuffer, end: number): boolean {
  return new Uint32Array(bytes, end).some((word) => word !== poisonWord);
}

function decode(
  element: Operation['bindings'][number]['element'],
  bytes: ArrayBuffer,
): Float32Array | Float64Array | Uint32Array | Int32Array | Uint16Array {
  const view = viewAs(element, bytes);
  return element === 'f16' ? Float64Array.from(view, decodeFloat16) : view;
}
