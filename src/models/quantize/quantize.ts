/** Quantizes a model: each layer by its scheme and method, with a report on what became of it. */

import { quality } from '../../numerics/quality.js';
import type { Model } from '../graph.js';
import type { Calibration } from './calibrate.js';
import { QuantizeError } from './errors.js';
import { build, nativeKernel } from './forms.js';
import { type Layer, layersOf, weightBytes } from './layers.js';
import { lmulPlace } from './lmul-form.js';
import { checkFinite, dequantized, type Matrix, packedBytes, type QuantizedMatrix } from './matrix.js';
import { type Method, parseMethod } from './methods/method.js';
import type { Prepared } from './methods/prepare.js';
import { roundLayer } from './methods/round.js';
import type { Range } from './observers.js';
import { pruned, prunedBytes } from './pruning.js';
import { rowsOf } from './rows.js';
import { parseScheme, type Scheme } from './schemes.js';

export interface QuantizeOptions {
  /** Activations of sample data: needed by static activations and by all methods but rounding to nearest. */
  readonly calibration?: Calibration;
  /** Name of a method as `parseMethod` reads it; round-to-nearest where left out. */
  readonly method?: string;
  /** By layer name. */
  readonly methods?: ReadonlyMap<string, string>;
  /** Layers that stay float. */
  readonly exclude?: Iterable<string>;
  /** Schemes of single layers, by name, in place of the model's. */
  readonly perLayer?: ReadonlyMap<string, Scheme>;
  /** Quantizes only one side of each layer, to tell what it costs. */
  readonly parts?: 'both' | 'weights' | 'activations';
  /** Quantizes tables of embeddings too, by the model's scheme. */
  readonly embeddings?: boolean;
}

/** One layer as it is to be computed with. */
export interface QuantizedLayer {
  readonly layer: Layer;
  readonly scheme: Scheme;
  readonly method: Method;
  /** Codes, where the scheme has some. */
  readonly matrix?: QuantizedMatrix;
  /** The values that weights stand for; absent where the layer is left as it is. */
  readonly weights?: Matrix;
  readonly prepared?: Prepared;
  /** What is added to the outputs of each channel to make up for the mean error. */
  readonly shift?: Float32Array<ArrayBuffer>;
  /** Range of a static activation, after preparation. */
  readonly input?: Range;
  /** What could not be done as asked, in a sentence. */
  readonly remark?: string;
}

export interface WeightQuality {
  readonly sqnrDb: number;
  readonly cosine: number;
  readonly maxError: number;
}

export interface LayerReport {
  readonly name: string;
  readonly op: string;
  readonly dims: readonly number[];
  readonly macs?: number;
  /** Bytes of the weight in the file, and as the scheme packs it, scales included. */
  readonly before: number;
  readonly after: number;
  /** Id of the scheme; `f32` where the layer stays as it is. */
  readonly scheme: string;
  readonly method: string;
  /** `native`: a kernel of the format computes it. `simulated`: f32 arithmetic on rounded values. `float`: as it was. */
  readonly place: 'native' | 'simulated' | 'float';
  /** Why it is so, in a sentence. */
  readonly why: string;
  /** Of the weights against the float ones. */
  readonly weights?: WeightQuality;
}

export interface Quantized {
  readonly original: Model;
  readonly scheme: Scheme;
  /** Runs in the executor and in the interpreter. */
  readonly model: Model;
  readonly layers: readonly LayerReport[];
  /** What files are written from. */
  readonly quantized: readonly QuantizedLayer[];
  /** Bytes of all initializers before, and after with each layer packed as its scheme does. */
  readonly bytes: { readonly before: number; readonly after: number };
}

/**
 * @throws QuantizeError `unknown-layer` for names that no layer has, `needs-calibration` where activations are needed and none
 * were given, `non-finite` for weights with NaN or infinities.
 */
export function quantizeModel(model: Model, scheme: Scheme, options: QuantizeOptions = {}): Quantized {
  const layers = layersOf(model);
  checkNames(layers, options);
  const excluded = new Set(options.exclude);
  const quantized = layers.map((layer): QuantizedLayer => {
    const own = options.perLayer?.get(layer.name) ?? scheme;
    const method = parseMethod(options.methods?.get(layer.name) ?? options.method ?? 'nearest');
    const why = excluded.has(layer.name) ? 'it is excluded' : keptWhy(layer, options);
    if (why !== undefined) return { layer, scheme: floatScheme, method, remark: `Left as it is: ${why}.` };
    return quantizeLayer(layer, parted(own, options.parts), method, options.calibration);
  });
  const reports = quantized.map(reportOf);
  const before = [...model.graph.initializers.values()].reduce((sum, { bytes }) => sum + bytes.length, 0);
  const saved = savedBytes(quantized, reports);
  return {
    original: model,
    scheme,
    model: build(model, quantized, scheme, 'run').model,
    layers: reports,
    quantized,
    bytes: { before, after: before - saved },
  };
}

const floatScheme = parseScheme('f32');

function keptWhy({ op, kept }: Layer, { embeddings = false }: QuantizeOptions): string | undefined {
  return op === 'Gather' && embeddings ? undefined : kept;
}

/** The scheme with one side only. */
function parted(scheme: Scheme, parts: QuantizeOptions['parts'] = 'both'): Scheme {
  const { weights, activations, prune, ...rest } = scheme;
  if (parts === 'weights') return { ...rest, ...(weights && { weights }), ...(prune && { prune }) };
  return parts === 'activations' ? { ...rest, ...(activations && { activations }) } : scheme;
}

function checkNames(layers: readonly Layer[], { exclude = [], perLayer, methods }: QuantizeOptions): void {
  const known = new Set(layers.map(({ name }) => name));
  for (const [name, { lmul, id }] of perLayer ?? []) {
    if (lmul !== undefined)
      throw new QuantizeError(
        'bad-value',
        `Layer "${name}"`,
        `cannot be ${id} by itself; L-Mul is chosen for a whole model, and layers are excluded`,
      );
  }
  for (const name of [...exclude, ...(perLayer?.keys() ?? []), ...(methods?.keys() ?? [])]) {
    if (known.has(name)) continue;
    const some = [...known].slice(0, 20).join(', ');
    throw new QuantizeError(
      'unknown-layer',
      `Layer "${name.slice(0, 100)}"`,
      `is not in the model; there are ${some || 'none'}`,
    );
  }
}

function quantizeLayer(
  layer: Layer,
  scheme: Scheme,
  method: Method,
  calibration: Calibration | undefined,
): QuantizedLayer {
  const plain = scheme.weights === undefined && scheme.activations === undefined && scheme.prune === undefined;
  if (plain) return { layer, scheme, method };
  const matrix = rowsOf(layer);
  checkFinite(matrix, `Layer "${layer.name}"`);
  if (scheme.prune !== undefined) return { layer, scheme, method, weights: pruned(matrix, scheme.prune) };
  const activations = layer.op === 'Gather' ? undefined : scheme.activations;
  const record = calibration?.records.get(layer.input);
  if (activations?.kind === 'static' && record === undefined) {
    throw new QuantizeError(
      'needs-calibration',
      `Layer "${layer.name}"`,
      'has static activations, but no calibration data saw them',
    );
  }
  return roundLayer(layer, { ...scheme, ...(activations && { activations }) }, method, matrix, record);
}

function reportOf(quantized: QuantizedLayer): LayerReport {
  const { layer, scheme, method, matrix, weights, remark } = quantized;
  const { name, op, dims, macs } = layer;
  const before = weightBytes(layer);
  const head = { name, op, dims, ...(macs === undefined ? {} : { macs }), before, scheme: scheme.id };
  const { place, why } = placeOf(quantized);
  if (weights === undefined) return { ...head, after: before, method: 'none', place, why: remark ?? why };
  const after = matrix ? packedBytes(matrix) : scheme.prune ? prunedBytes(layer, scheme.prune) : before;
  return {
    ...head,
    after,
    method: method.id,
    place,
    why: remark ? `${why} ${remark}` : why,
    // A prepared weight is another matrix on purpose, so it is held against what it was prepared from.
    ...(matrix && quantized.prepared === undefined ? { weights: qualityOf(rowsOf(layer), dequantized(matrix)) } : {}),
    ...(scheme.prune ? { weights: qualityOf(rowsOf(layer), weights) } : {}),
  };
}

/** SQNR, cosine and largest error of an approximation. */
export function qualityOf(exact: Pick<Matrix, 'data'>, approximate: Pick<Matrix, 'data'>): WeightQuality {
  return compareValues(exact.data, approximate.data);
}

export function compareValues(exact: ArrayLike<number>, approximate: ArrayLike<number>): WeightQuality {
  let [dot, a, b] = [0, 0, 0];
  for (let i = 0; i < exact.length; i++) {
    dot += exact[i]! * approximate[i]!;
    a += exact[i]! ** 2;
    b += approximate[i]! ** 2;
  }
  const cosine = a === 0 && b === 0 ? 1 : a === 0 || b === 0 ? 0 : dot / Math.sqrt(a * b);
  const { sqnrDb, maxAbsolute } = quality(exact, approximate);
  return { sqnrDb, cosine, maxError: maxAbsolute };
}

function placeOf(quantized: QuantizedLayer): Pick<LayerReport, 'place' | 'why'> {
  const { scheme, weights, layer } = quantized;
  if (scheme.lmul !== undefined) return lmulPlace(layer, scheme.lmul);
  if (weights === undefined) return { place: 'float', why: 'Computed in f32 as it was.' };
  const native = nativeKernel(quantized);
  if (typeof native === 'string') {
    const what = scheme.activations ? 'rounded weights and activations' : 'rounded weights';
    return { place: 'simulated', why: `Computed in f32 on ${what}: ${native}.` };
  }
  const { kernel } = native;
  if (scheme.activations) return { place: 'native', why: `Codes are multiplied and summed as integers by ${kernel}.` };
  if (scheme.prune) return { place: 'native', why: `Computed on the weights that were kept by ${kernel}.` };
  const windows = layer.op === 'Conv' ? 'Windows are unfolded and multiplied by' : 'Computed on';
  return { place: 'native', why: `${windows} packed codes by ${kernel}.` };
}

/** Bytes that packing saves; a weight that several layers share counts once, and one that a layer still needs not at all. */
function savedBytes(quantized: readonly QuantizedLayer[], reports: readonly LayerReport[]): number {
  const best = new Map<string, number>();
  for (const [i, { layer }] of quantized.entries()) {
    const { before, after } = reports[i]!;
    const saved = before - after;
    best.set(layer.weightName, Math.min(best.get(layer.weightName) ?? Number.POSITIVE_INFINITY, saved));
  }
  return [...best.values()].reduce((sum, saved) => sum + saved, 0);
}
