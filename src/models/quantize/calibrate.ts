/** Activations of sample data: ranges to quantize them with, and rows of them that methods learn from. */
import { roundToEven } from '../../numerics/rounding.js';
import type { Model } from '../graph.js';
import { interpret } from '../run/interpret.js';
import { type HostTensor, type HostValue, isFloat } from '../run/values.js';
import { QuantizeError } from './errors.js';
import type { Layer } from './layers.js';
import { Observer, type ObserverOptions, type Range } from './observers.js';

/** Runs a model and gives every value that is asked for, by name, those between its nodes included. */
export type RunAll = (inputs: ReadonlyMap<string, HostValue>) => Promise<ReadonlyMap<string, HostValue>>;

export interface ActivationRecord {
  readonly name: string;
  /** What the observer would quantize with; holds 0. */
  readonly range: Range;
  /** What was seen. */
  readonly extremes: Range;
  /** Tensors as they came, as many as were kept. */
  readonly samples: readonly HostTensor[];
  readonly observer: Observer;
}

export interface Calibration {
  readonly observer: ObserverOptions;
  /** Runs that were watched. */
  readonly runs: number;
  readonly records: ReadonlyMap<string, ActivationRecord>;
}

export interface CalibrateOptions {
  readonly observer?: ObserverOptions;
  /** Elements kept of each activation as samples for methods. */
  readonly sampleElements?: number;
  readonly signal?: AbortSignal;
}

/**
 * Watches values over runs of sample data.
 * @param names of values, most often `activationsOf(layers)`.
 * @param inputs of each run.
 * @throws QuantizeError `needs-calibration` without data or where a value is not made, `non-finite` for NaN and infinities.
 */
export async function calibrate(
  names: readonly string[],
  inputs: Iterable<ReadonlyMap<string, HostValue>> | AsyncIterable<ReadonlyMap<string, HostValue>>,
  run: RunAll,
  { observer = { kind: 'min-max' }, sampleElements = 2 ** 20, signal }: CalibrateOptions = {},
): Promise<Calibration> {
  const seen = new Map(names.map((name) => [name, { observer: new Observer(), samples: [] as HostTensor[], kept: 0 }]));
  let runs = 0;
  for await (const given of inputs) {
    signal?.throwIfAborted();
    const values = await run(given);
    runs++;
    for (const [name, record] of seen) {
      const value = values.get(name);
      if (value?.kind !== 'tensor')
        throw new QuantizeError('needs-calibration', `"${name}"`, 'was not made by the run');
      if (!isFloat(value.type)) throw new QuantizeError('bad-value', `"${name}"`, `is ${value.type}, not a float`);
      record.observer.add(value.data, `"${name}"`);
      if (record.kept < sampleElements) record.samples.push(value);
      record.kept += value.data.length;
    }
  }
  if (runs === 0) throw new QuantizeError('needs-calibration', 'Calibration', 'was given no data');
  const records = new Map(
    [...seen].map(([name, { observer: each, samples }]): [string, ActivationRecord] => [
      name,
      {
        name,
        range: each.range(observer),
        extremes: { least: each.least, most: each.most },
        samples,
        observer: each,
      },
    ]),
  );
  return { observer, runs, records };
}

/** The same runs seen through another observer. */
export function observedBy(calibration: Calibration, observer: ObserverOptions): Calibration {
  const records = [...calibration.records].map(([name, record]): [string, ActivationRecord] => [
    name,
    { ...record, range: record.observer.range(observer) },
  ]);
  return { ...calibration, observer, records: new Map(records) };
}

/** Names of the activations that weights of layers meet, each once. */
export function activationsOf(layers: readonly Layer[]): readonly string[] {
  return [...new Set(layers.filter(({ kept, input }) => kept === undefined && input !== '').map(({ input }) => input))];
}

/** Runs a model on the host and gives all values of its main graph. */
export function interpreterRun(model: Model): RunAll {
  return async (inputs) => {
    const values = new Map(inputs);
    interpret(model, inputs, { watch: (name, value) => void values.set(name, value) });
    return values;
  };
}

/** Scale and zero point of unsigned bytes over a range; both as QuantizeLinear takes them. */
export function byteParameters({ least, most }: Range): { readonly scale: number; readonly zero: number } {
  const scale = Math.fround((Math.max(0, most) - Math.min(0, least)) / 255);
  if (!(scale >= 2 ** -126)) return { scale: 1, zero: 0 };
  return { scale, zero: Math.min(255, Math.max(0, Math.round(-Math.min(0, least) / scale))) };
}

/** Values through unsigned bytes over a range and back, as QuantizeLinear and DequantizeLinear round them. */
export function throughBytes<T extends Float32Array<ArrayBuffer> | Float64Array>(values: T, range: Range): T {
  const { scale, zero } = byteParameters(range);
  return values.map((value) => (Math.min(255, Math.max(0, roundToEven(value / scale) + zero)) - zero) * scale) as T;
}
