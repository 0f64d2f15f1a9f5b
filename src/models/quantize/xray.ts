/** What quantization does to each layer by itself: its output on the float model's inputs, weights and activations told apart. */
import type { Model } from '../graph.js';
import { runNode } from '../run/interpret.js';
import { fromTensor, type HostTensor, type HostValue, hostTensor, settle } from '../run/values.js';
import type { RunAll } from './calibrate.js';
import { throughBytes } from './calibrate.js';
import { QuantizeError } from './errors.js';
import type { Layer } from './layers.js';
import { layersOf } from './layers.js';
import { prepareInputs, prepareWeights } from './methods/prepare.js';
import {
  compareValues,
  type Quantized,
  type QuantizedLayer,
  type QuantizeOptions,
  quantizeModel,
  type WeightQuality,
} from './quantize.js';
import { inLayout, rowsOf } from './rows.js';
import type { Scheme } from './schemes.js';

export interface LayerXray {
  readonly name: string;
  readonly op: string;
  readonly scheme: string;
  /** Of the layer's output against the float one, all from the float model's inputs. */
  readonly weightsAlone?: WeightQuality;
  readonly activationsAlone?: WeightQuality;
  readonly both: WeightQuality;
  readonly weights: HistogramPair;
  /** Of the layer's output. */
  readonly outputs: HistogramPair;
}

/** Two histograms over one range. */
export interface HistogramPair {
  readonly range: readonly [least: number, most: number];
  readonly float: readonly number[];
  readonly quantized: readonly number[];
}

/**
 * X-ray of all quantized layers over some runs.
 * @param inputs of each run; a few dozen examples are enough.
 * @param run of the float model, all values given, on whatever device.
 * @param between waited for before each layer of each run, so that a worker hears that it is to stop; it stops by throwing.
 */
export async function xray(
  quantized: Quantized,
  inputs: Iterable<ReadonlyMap<string, HostValue>>,
  run: RunAll,
  between?: () => Promise<void>,
): Promise<readonly LayerXray[]> {
  const { original } = quantized;
  const layers = quantized.quantized.filter(({ weights, layer }) => weights !== undefined && layer.op !== 'Gather');
  const seen = new Map(layers.map((layer) => [layer, new Seen()]));
  for (const given of inputs) {
    const values = await run(given);
    for (const [layer, all] of seen) {
      await between?.();
      all.add(forms(original, layer, values));
    }
  }
  return layers.map((layer) => seen.get(layer)!.report(layer));
}

interface Forms {
  readonly float: HostTensor;
  readonly weightsAlone?: HostTensor;
  readonly activationsAlone?: HostTensor;
  readonly both: HostTensor;
}

/** The layer's output in all forms, from the float model's values. */
function forms(model: Model, quantized: QuantizedLayer, values: ReadonlyMap<string, HostValue>): Forms {
  const { layer, scheme, matrix, weights } = quantized;
  const input = values.get(layer.input);
  if (input?.kind !== 'tensor')
    throw new QuantizeError('needs-calibration', `"${layer.input}"`, 'was not made by the run');
  const floatWeight = hostTensor('f32', layer.dims, inLayout(layer, rowsOf(layer).data));
  const prepared = preparedLayer(quantized, input);
  const compute = (x: HostTensor, w: HostTensor, shift?: Float32Array): HostTensor => {
    const known = new Map<string, HostValue>([
      [layer.input, x],
      [layer.weightName, w],
    ]);
    const lookUp = (name: string): HostValue | undefined =>
      known.get(name) ?? values.get(name) ?? initializer(model, name);
    const [made] = runNode(model, layer.node, lookUp);
    const result = settle(made!) as HostTensor;
    return shift ? shifted(layer, result, shift) : result;
  };
  const roundedInput = scheme.activations ? rounded(prepared.input, quantized) : prepared.input;
  const quantizedWeight = hostTensor('f32', layer.dims, inLayout(layer, weights!.data));
  const hasBoth = scheme.activations !== undefined && matrix !== undefined;
  return {
    float: compute(input, floatWeight),
    ...(hasBoth ? { weightsAlone: compute(prepared.input, quantizedWeight) } : {}),
    ...(hasBoth ? { activationsAlone: compute(roundedInput, prepared.weight) } : {}),
    both: compute(roundedInput, quantizedWeight, quantized.shift),
  };
}

function initializer(model: Model, name: string): HostValue | undefined {
  const tensor = model.graph.initializers.get(name);
  if (tensor === undefined) return undefined;
  return tensorValues.get(tensor) ?? cached(tensor);
}

const tensorValues = new WeakMap<object, HostTensor>();

function cached(tensor: Parameters<typeof fromTensor>[0]): HostTensor {
  const value = fromTensor(tensor);
  tensorValues.set(tensor, value);
  return value;
}

/** Input and float weight as preparation leaves them. */
function preparedLayer(
  { layer, prepared }: QuantizedLayer,
  input: HostTensor,
): { readonly input: HostTensor; readonly weight: HostTensor } {
  const given = rowsOf(layer);
  if (prepared === undefined) return { input, weight: hostTensor('f32', layer.dims, inLayout(layer, given.data)) };
  const weight = hostTensor('f32', layer.dims, inLayout(layer, prepareWeights(layer, given, prepared).data));
  if (layer.op !== 'Conv') {
    const rows = {
      rows: input.data.length / layer.reduction,
      columns: layer.reduction,
      data: Float32Array.from(input.data),
    };
    return { input: { ...input, data: Float64Array.from(prepareInputs(layer, rows, prepared).data) }, weight };
  }
  if (prepared.kind !== 'smooth') return { input, weight };
  const { factors } = prepared;
  const inner = input.dims.slice(2).reduce((product, size) => product * size, 1);
  const data = input.data.map((value, i) => Math.fround(value / factors[Math.floor(i / inner) % factors.length]!));
  return { input: { ...input, data }, weight };
}

/** To unsigned bytes and back: over the calibrated range, or over that of these values. */
function rounded(tensor: HostTensor, { input }: QuantizedLayer): HostTensor {
  let range = input;
  if (range === undefined) {
    let [least, most] = [0, 0];
    for (const value of tensor.data) {
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
    range = { least, most };
  }
  return { ...tensor, data: throughBytes(tensor.data, range) };
}

function shifted(layer: Layer, tensor: HostTensor, shift: Float32Array): HostTensor {
  const conv = layer.op.startsWith('Conv');
  const inner = conv ? tensor.dims.slice(2).reduce((product, size) => product * size, 1) : 1;
  return { ...tensor, data: tensor.data.map((value, i) => value + shift[Math.floor(i / inner) % shift.length]!) };
}

/** Outputs kept for one layer, so many at most. */
const mostKept = 2 ** 18;

class Seen {
  readonly #float: number[] = [];
  readonly #forms = { weightsAlone: [] as number[], activationsAlone: [] as number[], both: [] as number[] };

  add({ float, ...others }: Forms): void {
    const room = Math.max(0, mostKept - this.#float.length);
    for (let i = 0; i < Math.min(room, float.data.length); i++) this.#float.push(float.data[i]!);
    for (const key of ['weightsAlone', 'activationsAlone', 'both'] as const) {
      const tensor = others[key];
      for (let i = 0; tensor && i < Math.min(room, tensor.data.length); i++) this.#forms[key].push(tensor.data[i]!);
    }
  }

  report({ layer, scheme, weights }: QuantizedLayer): LayerXray {
    if (this.#float.length === 0) throw new QuantizeError('needs-calibration', 'The X-ray', 'was given no inputs');
    const { weightsAlone, activationsAlone, both } = this.#forms;
    const one = (values: readonly number[]) => compareValues(this.#float, values);
    return {
      name: layer.name,
      op: layer.op,
      scheme: scheme.id,
      ...(weightsAlone.length > 0 ? { weightsAlone: one(weightsAlone) } : {}),
      ...(activationsAlone.length > 0 ? { activationsAlone: one(activationsAlone) } : {}),
      both: one(both),
      weights: histograms(rowsOf(layer).data, weights!.data),
      outputs: histograms(this.#float, both),
    };
  }
}

/** Counts of both over the range of the first. */
function histograms(float: ArrayLike<number>, quantized: ArrayLike<number>, bins = 64): HistogramPair {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < float.length; i++) {
    least = Math.min(least, float[i]!);
    most = Math.max(most, float[i]!);
  }
  const count = (values: ArrayLike<number>): number[] => {
    const result = new Array<number>(bins).fill(0);
    for (let i = 0; i < values.length; i++) {
      const place = Math.floor(((values[i]! - least) / (most - least || 1)) * bins);
      result[Math.min(bins - 1, Math.max(0, place))]!++;
    }
    return result;
  };
  return { range: [least, most], float: count(float), quantized: count(quantized) };
}

export interface Sensitivity {
  readonly name: string;
  /** Score with only this layer quantized, and with all but this. */
  readonly onlyThis: number;
  readonly allButThis: number;
}

/**
 * One-at-a-time sensitivity, the most sensitive layer first: that with the lowest score when it alone is quantized.
 * @param score of a model, higher is better: accuracy, or minus a divergence.
 */
export async function sensitivities(
  model: Model,
  scheme: Scheme,
  score: (model: Model) => Promise<number>,
  options: QuantizeOptions & { readonly signal?: AbortSignal } = {},
): Promise<readonly Sensitivity[]> {
  const excluded = new Set(options.exclude);
  const names = layersOf(model)
    .filter(({ kept, name }) => kept === undefined && !excluded.has(name))
    .map(({ name }) => name);
  const results: Sensitivity[] = [];
  for (const name of names) {
    options.signal?.throwIfAborted();
    const others = names.filter((other) => other !== name);
    const onlyThis = quantizeModel(model, scheme, { ...options, exclude: [...excluded, ...others] });
    const allButThis = quantizeModel(model, scheme, { ...options, exclude: [...excluded, name] });
    results.push({ name, onlyThis: await score(onlyThis.model), allButThis: await score(allButThis.model) });
  }
  return results.sort((a, b) => a.onlyThis - b.onlyThis || b.allButThis - a.allButThis);
}

/** Names of the k layers that suffer most by their X-ray: what a slider leaves out. */
export function worstLayers(rays: readonly LayerXray[], k: number): readonly string[] {
  return [...rays]
    .sort((a, b) => a.both.sqnrDb - b.both.sqnrDb)
    .slice(0, k)
    .map(({ name }) => name);
}
