/** Rounds the weights of one layer by a method, with the preparation and the correction of the bias that it asks for. */
import type { HostTensor } from '../../run/values.js';
import type { ActivationRecord } from '../calibrate.js';
import { throughBytes } from '../calibrate.js';
import { QuantizeError } from '../errors.js';
import type { Layer } from '../layers.js';
import { dequantized, type Matrix, type QuantizedMatrix, roundToNearest } from '../matrix.js';
import type { Range } from '../observers.js';
import type { QuantizedLayer } from '../quantize.js';
import { sampleRows } from '../samples.js';
import type { Scheme, WeightScheme } from '../schemes.js';
import { adaround } from './adaround.js';
import { gpfq } from './gpfq.js';
import { gptq } from './gptq.js';
import type { Method } from './method.js';
import {
  inputChannels,
  type Prepared,
  prepareInputs,
  prepareWeights,
  rotate,
  rotationOf,
  smoothing,
} from './prepare.js';

/**
 * @param record activations of calibration data; needed by static activations and by all methods but rounding to nearest.
 * @throws QuantizeError `needs-calibration`, `non-finite`
 */
export function roundLayer(
  layer: Layer,
  scheme: Scheme,
  method: Method,
  given: Matrix,
  record: ActivationRecord | undefined,
): QuantizedLayer {
  const wantsRows = method.rounding !== 'nearest' || method.correctBias || method.prepare === 'smooth';
  if (wantsRows && record === undefined && layer.op !== 'Gather') {
    throw new QuantizeError(
      'needs-calibration',
      `Layer "${layer.name}"`,
      `is to be quantized by ${method.id}, but no calibration data saw it`,
    );
  }
  const rows = wantsRows && record ? sampleRows(layer, record.samples) : undefined;
  const remarks: string[] = [];
  if (wantsRows && rows === undefined)
    remarks.push('Rounded to nearest: no rows of inputs can be had for a layer of this form.');
  const prepared = preparation(layer, method, given, rows, remarks);
  const weights = prepared ? prepareWeights(layer, given, prepared) : given;
  const inputs = prepared && rows ? rows.map((each, group) => prepareInputs(layer, each, prepared, group)) : rows;
  const input = scheme.activations?.kind === 'static' ? rangeOf(layer, record!, prepared) : undefined;
  const rounded = inputs?.map((each) => (input ? { ...each, data: throughBytes(each.data, input) } : each));
  const matrix = scheme.weights && roundWeights(layer, weights, scheme.weights, method, inputs, rounded);
  const values = matrix ? dequantized(matrix) : weights;
  const shift =
    method.correctBias && inputs && rounded ? biasShift(layer, weights, values, inputs, rounded) : undefined;
  return {
    layer,
    scheme,
    method,
    weights: values,
    ...(matrix && { matrix }),
    ...(prepared && { prepared }),
    ...(shift && { shift }),
    ...(input && { input }),
    ...(remarks.length > 0 ? { remark: remarks.join(' ') } : {}),
  };
}

function preparation(
  layer: Layer,
  { prepare }: Method,
  weights: Matrix,
  rows: readonly Matrix[] | undefined,
  remarks: string[],
): Prepared | undefined {
  if (prepare === 'smooth') return rows && smoothing(layer, weights, rows);
  if (prepare !== 'hadamard') return undefined;
  const rotation = rotationOf(layer);
  if (rotation === undefined) remarks.push('Not rotated: only products whose reduction 8 divides are.');
  return rotation;
}

function roundWeights(
  layer: Layer,
  weights: Matrix,
  scheme: WeightScheme,
  { rounding }: Method,
  inputs: readonly Matrix[] | undefined,
  rounded: readonly Matrix[] | undefined,
): QuantizedMatrix {
  // 16-bit floats are fine enough for every method to end at the nearest value.
  // One scale for a whole tensor cannot come from one group of a convolution either.
  const split = layer.groups > 1 && scheme.granularity === 'tensor';
  if (rounding === 'nearest' || inputs === undefined || rounded === undefined || scheme.bits === 16 || split)
    return roundToNearest(weights, scheme, `Layer "${layer.name}"`);
  return byGroup(layer, weights, (part, group) => {
    if (rounding === 'gptq') return gptq(part, scheme, rounded[group]!);
    return rounding === 'gpfq'
      ? gpfq(part, scheme, inputs[group]!, rounded[group]!)
      : adaround(part, scheme, rounded[group]!);
  });
}

/** Each group of a convolution meets inputs of its own. */
function byGroup(
  { groups }: Layer,
  matrix: Matrix,
  quantize: (part: Matrix, group: number) => QuantizedMatrix,
): QuantizedMatrix {
  if (groups === 1) return quantize(matrix, 0);
  const rows = matrix.rows / groups;
  const parts = Array.from({ length: groups }, (_, group) => {
    const data = matrix.data.slice(group * rows * matrix.columns, (group + 1) * rows * matrix.columns);
    return quantize({ rows, columns: matrix.columns, data }, group);
  });
  const whole = roundToNearest(matrix, parts[0]!.weights);
  for (const [group, part] of parts.entries()) {
    whole.codes.set(part.codes, group * part.codes.length);
    whole.scales.set(part.scales, group * part.scales.length);
    whole.zeros.set(part.zeros, group * part.zeros.length);
  }
  return whole;
}

/** Mean over sample rows of what the float layer makes minus what the quantized one makes, for each channel. */
export function biasShift(
  { groups }: Pick<Layer, 'groups'>,
  exact: Matrix,
  rounded: Matrix,
  inputs: readonly Matrix[],
  roundedInputs: readonly Matrix[],
): Float32Array<ArrayBuffer> {
  const means = inputs.map(columnMeans);
  const roundedMeans = roundedInputs.map(columnMeans);
  const { rows, columns } = exact;
  return Float32Array.from({ length: rows }, (_, row) => {
    const group = Math.floor(row / (rows / groups));
    let sum = 0;
    for (let i = 0; i < columns; i++) {
      const at = row * columns + i;
      sum += exact.data[at]! * means[group]![i]! - rounded.data[at]! * roundedMeans[group]![i]!;
    }
    return sum;
  });
}

function columnMeans({ rows, columns, data }: Matrix): Float64Array {
  const means = new Float64Array(columns);
  for (let i = 0; i < rows * columns; i++) means[i % columns]! += data[i]! / rows;
  return means;
}

/** The range to quantize inputs with: the observer's, or of the samples as preparation leaves them. */
function rangeOf(layer: Layer, { range, samples }: ActivationRecord, prepared: Prepared | undefined): Range {
  if (prepared === undefined) return range;
  let [least, most] = [0, 0];
  for (const tensor of samples) {
    for (const value of preparedValues(layer, tensor, prepared)) {
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
  }
  return { least, most };
}

function preparedValues(layer: Layer, { dims, data }: HostTensor, prepared: Prepared): Float64Array {
  if (prepared.kind === 'hadamard') {
    const copy = data.slice();
    rotate(copy, prepared.size);
    return copy;
  }
  const channels = inputChannels(layer);
  const inner = layer.op === 'Conv' ? dims.slice(2).reduce((product, size) => product * size, 1) : 1;
  return data.map((value, i) => value / prepared.factors[Math.floor(i / inner) % channels]!);
}
