/** Constant biases of convolutions: corrected by the mean error, and rounded as files with static activations hold them. */
import type { Model } from '../graph.js';
import { typedArrayOf } from '../values.js';
import { byteParameters } from './calibrate.js';
import type { Layer } from './layers.js';
import type { QuantizedLayer } from './quantize.js';

/** What a convolution adds, in f32; undefined where that is nothing, or no constant. */
export function correctedBias(model: Model, { layer, shift }: QuantizedLayer): Float32Array<ArrayBuffer> | undefined {
  const old = constantBias(model, layer);
  const given = (layer.node.inputs[2] ?? '') !== '';
  if (given ? old === undefined : shift === undefined) return undefined;
  const values = old === undefined ? new Float32Array(layer.rows) : Float32Array.from(typedArrayOf(old));
  shift?.forEach((each, row) => {
    values[row]! += each;
  });
  return values;
}

/** The same, rounded to the codes where a file holds codes. */
export function biasValues(model: Model, quantized: QuantizedLayer): Float32Array<ArrayBuffer> | undefined {
  const values = correctedBias(model, quantized);
  const scales = biasScales(model, quantized);
  if (values === undefined || scales === undefined) return values;
  return Float32Array.from(biasCodes(values, scales), (code, row) => code * scales[row]!);
}

/** Scales of the codes of a bias, those of the sums that it is added to; undefined where it has no codes. */
export function biasScales(
  model: Model,
  { layer, scheme, input, matrix }: QuantizedLayer,
): Float32Array<ArrayBuffer> | undefined {
  if (scheme.activations?.kind !== 'static' || input === undefined || matrix?.weights.format !== 'int8')
    return undefined;
  if (constantBias(model, layer) === undefined || matrix.groupSize !== matrix.columns) return undefined;
  const { scale } = byteParameters(input);
  return matrix.scales.map((each) => each * scale);
}

export function biasCodes(values: Float32Array, scales: Float32Array): Int32Array<ArrayBuffer> {
  const most = 2 ** 31 - 1;
  return Int32Array.from(values, (value, row) => Math.min(most, Math.max(-most, Math.round(value / scales[row]!))));
}

function constantBias(model: Model, { bias }: Layer) {
  const old = bias === undefined ? undefined : model.graph.initializers.get(bias);
  return old?.type === 'f32' ? { ...old, type: 'f32' as const } : undefined;
}
