/** Normalization over trailing dimensions: of layers, by the root mean square, and with what residual connections add. */
import { type ElementType, elementCount } from '../../tensor.js';
import type { HostCall, HostOperator } from '../call.js';
import { needDims } from '../dense.js';
import { moments, rmsNormalized, scaleBy, standardize } from '../normalized.js';
import { axisOf } from '../shapes.js';
import { type HostTensor, hostTensor } from '../values.js';

/** Type of the statistics, which `stash_type` names by its number in the ONNX format. */
function stashType(call: HostCall): ElementType {
  return ({ 1: 'f32', 10: 'f16', 11: 'f64', 16: 'bf16' } as const)[call.int('stash_type', 1)] ?? 'f32';
}

/** Trailing dimensions from `axis` on; outputs the mean and 1 / deviation too. */
const layerNormalization: HostOperator = (call) => {
  const x = call.input(0);
  const axis = axisOf(call, call.int('axis', -1), x.dims.length);
  const size = elementCount(x.dims.slice(axis));
  const epsilon = call.float('epsilon', 1e-5);
  const out = standardize(x.data, size, epsilon);
  scaleBy(out, x.dims, call.input(1), call.optional(2));
  const y: HostTensor = { ...x, data: out };
  if (!call.wants(1) && !call.wants(2)) return [y];
  const dims = x.dims.map((each, i) => (i < axis ? each : 1));
  const all = Array.from({ length: elementCount(dims) }, (_, i) => moments(x.data, i * size, (i + 1) * size));
  const type = stashType(call);
  return [
    y,
    hostTensor(
      type,
      dims,
      all.map(([mean]) => mean),
    ),
    hostTensor(
      type,
      dims,
      all.map(([, variance]) => 1 / Math.sqrt(variance + epsilon)),
    ),
  ];
};

/** RMSNormalization, and SimplifiedLayerNormalization, which also tells 1 / root mean square. */
const rmsNormalization: HostOperator = (call) => {
  const x = call.input(0);
  const axis = axisOf(call, call.int('axis', -1), x.dims.length);
  const [out, inverse] = rmsNormalized(x.data, elementCount(x.dims.slice(axis)), call.float('epsilon', 1e-5));
  scaleBy(out, x.dims, call.input(1), undefined);
  const dims = x.dims.map((each, i) => (i < axis ? each : 1));
  return [{ ...x, data: out }, hostTensor(stashType(call), dims, inverse)];
};

/**
 * LayerNormalization of input + skip + bias; also tells the sum. `simplified` leaves the mean and the bias after it out.
 * Source: com.microsoft.SkipLayerNormalization in ONNX Runtime's ContribOperators.md.
 */
const skipNormalization =
  (simplified: boolean): HostOperator =>
  (call) => {
    const [x, skip, gamma] = [call.input(0), call.input(1), call.input(2)];
    const beta = simplified ? undefined : call.optional(3);
    const bias = call.optional(simplified ? 3 : 4);
    const sum = x.data.slice();
    scaleBy(sum, x.dims, undefined, skip);
    scaleBy(sum, x.dims, undefined, bias);
    const size = x.dims.at(-1) ?? 1;
    needDims(call, 'gamma', gamma.dims, [size]);
    const epsilon = call.float('epsilon', 1e-12);
    const out = simplified ? rmsNormalized(sum, size, epsilon)[0] : standardize(sum, size, epsilon);
    scaleBy(out, x.dims, gamma, beta);
    const dims = [...x.dims.slice(0, -1), 1];
    const all = Array.from({ length: elementCount(dims) }, (_, i) => moments(sum, i * size, (i + 1) * size));
    const means = hostTensor(
      'f32',
      dims,
      all.map(([mean]) => mean),
    );
    const inverses = all.map(([mean, variance]) => 1 / Math.sqrt(variance + (simplified ? mean * mean : 0) + epsilon));
    return [{ ...x, data: out }, means, hostTensor('f32', dims, inverses), { ...x, data: sum }];
  };

export default {
  LayerNormalization: layerNormalization,
  RMSNormalization: rmsNormalization,
  SimplifiedLayerNormalization: rmsNormalization,
  'com.microsoft.SimplifiedLayerNormalization': rmsNormalization,
  'com.microsoft.SkipLayerNormalization': skipNormalization(false),
  'com.microsoft.SkipSimplifiedLayerNormalization': skipNormalization(true),
} satisfies Readonly<Record<string, HostOperator>>;
