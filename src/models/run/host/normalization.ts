/** Normalization over the batch, channels, groups or given axes. */
import { elementCount } from '../../tensor.js';
import type { HostCall, HostOperator } from '../call.js';
import { aroundAxis, needRank, spread, zeros } from '../dense.js';
import { standardize } from '../normalized.js';
import { axisOf } from '../shapes.js';
import { type HostTensor, hostTensor } from '../values.js';

/** One value per channel. */
function perChannel(call: HostCall, i: number, channels: number): Float64Array {
  const { data } = call.input(i);
  if (data.length === channels) return data;
  return call.fail('bad-shape', `input ${i} has ${data.length} elements, not one for each of ${channels} channels`);
}

/**
 * Operator sets 7 and 8 may keep statistics per activation (`spatial` 0); from 14 on `training_mode` asks for those of the
 * batch, before that the mere presence of further outputs does.
 */
const batchNormalization: HostOperator = (call) => {
  const x = call.input(0);
  needRank(call, 'the input', x.dims, 1, Number.POSITIVE_INFINITY);
  const [batch = 1, channelCount = 1] = x.dims;
  const spatial = call.opset >= 9 || call.int('spatial', 1) !== 0;
  const channels = spatial ? channelCount : elementCount(x.dims.slice(1));
  const field = spatial ? elementCount(x.dims.slice(2)) : 1;
  const [scale, bias, mean, variance] = [1, 2, 3, 4].map((i) => perChannel(call, i, channels));
  const epsilon = call.float('epsilon', 1e-5);
  const training = call.opset >= 14 ? call.int('training_mode', 0) !== 0 : call.wants(1);
  const [means, variances] = training ? batchMoments(x.data, batch, channels, field) : [mean!, variance!];
  const out = new Float64Array(x.data.length);
  for (let i = 0; i < batch * channels; i++) {
    const c = i % channels;
    const factor = scale![c]! / Math.sqrt(variances[c]! + epsilon);
    for (let j = i * field; j < (i + 1) * field; j++) out[j] = (x.data[j]! - means[c]!) * factor + bias![c]!;
  }
  const y = hostTensor(x.type, x.dims, out);
  if (!training) return [y];
  const momentum = call.float('momentum', 0.9);
  const running = (old: Float64Array, now: Float64Array, i: number): HostTensor => {
    const { type, dims } = call.input(i);
    return hostTensor(
      type,
      dims,
      old.map((value, c) => value * momentum + now[c]! * (1 - momentum)),
    );
  };
  const saved = (now: Float64Array, i: number): HostTensor => ({ ...call.input(i), data: now });
  return [y, running(mean!, means, 3), running(variance!, variances, 4), saved(means, 3), saved(variances, 4)];
};

function batchMoments(x: Float64Array, batch: number, channels: number, field: number): [Float64Array, Float64Array] {
  const means = new Float64Array(channels);
  const variances = new Float64Array(channels);
  const count = batch * field;
  for (let i = 0; i < batch * channels; i++) {
    for (let j = i * field; j < (i + 1) * field; j++) means[i % channels]! += x[j]! / count;
  }
  for (let i = 0; i < batch * channels; i++) {
    const mean = means[i % channels]!;
    for (let j = i * field; j < (i + 1) * field; j++) variances[i % channels]! += (x[j]! - mean) ** 2 / count;
  }
  return [means, variances];
}

/** Channel c of [batch, channels, …] becomes value · scale[c] + bias[c]; `of` maps channels to entries. */
function affine(
  out: Float64Array,
  { dims }: HostTensor,
  scale: Float64Array,
  bias: Float64Array,
  of: (channel: number) => number = (c) => c,
): void {
  const [, channels, field] = aroundAxis(dims, 1);
  for (let i = 0; i < out.length; i++) {
    const entry = of(Math.floor(i / field) % channels);
    out[i] = out[i]! * scale[entry]! + bias[entry]!;
  }
}

const instanceNormalization: HostOperator = (call) => {
  const x = call.input(0);
  needRank(call, 'the input', x.dims, 2, Number.POSITIVE_INFINITY);
  const channels = x.dims[1]!;
  const out = standardize(x.data, elementCount(x.dims.slice(2)), call.float('epsilon', 1e-5));
  affine(out, x, perChannel(call, 1, channels), perChannel(call, 2, channels));
  return [{ ...x, data: out }];
};

/** Operator set 18 scales per group, 21 and later per channel. */
const groupNormalization: HostOperator = (call) => {
  const x = call.input(0);
  needRank(call, 'the input', x.dims, 2, Number.POSITIVE_INFINITY);
  const channels = x.dims[1]!;
  const groups = call.int('num_groups', 0);
  if (!(groups >= 1) || channels % groups !== 0) {
    return call.fail('bad-value', `num_groups ${groups} does not divide ${channels} channels`);
  }
  const size = channels / groups;
  const out = standardize(x.data, size * elementCount(x.dims.slice(2)), call.float('epsilon', 1e-5));
  if (call.opset >= 21) affine(out, x, perChannel(call, 1, channels), perChannel(call, 2, channels));
  else affine(out, x, perChannel(call, 1, groups), perChannel(call, 2, groups), (c) => Math.floor(c / size));
  return [{ ...x, data: out }];
};

const lpNormalization: HostOperator = (call) => {
  const x = call.input(0);
  const p = call.int('p', 2);
  if (p !== 1 && p !== 2) return call.fail('bad-value', `p is ${p}, but should be 1 or 2`);
  const [before, size, after] = aroundAxis(x.dims, axisOf(call, call.int('axis', -1), x.dims.length));
  const out = new Float64Array(x.data.length);
  for (let b = 0; b < before; b++) {
    for (let a = 0; a < after; a++) {
      const at = b * size * after + a;
      let sum = 0;
      for (let i = 0; i < size; i++) sum += Math.abs(x.data[at + i * after]!) ** p;
      const norm = p === 1 ? sum : Math.sqrt(sum);
      for (let i = 0; i < size; i++) out[at + i * after] = x.data[at + i * after]! / norm;
    }
  }
  return [{ ...x, data: out }];
};

/** (x − mean) / (deviation + 1e-9) over axes, by default all but the channels. Source: the function body in the specification. */
const meanVarianceNormalization: HostOperator = (call) => {
  const x = call.input(0);
  const axes = new Set((call.ints('axes') ?? [0, 2, 3]).map((axis) => axisOf(call, axis, x.dims.length)));
  const kept = x.dims.map((size, d) => (axes.has(d) ? 1 : size));
  const group = spread({ dims: kept, data: Float64Array.from({ length: elementCount(kept) }, (_, i) => i) }, x.dims);
  const [count, groups] = [x.data.length, elementCount(kept)];
  const means = new Float64Array(groups);
  const squares = new Float64Array(groups);
  for (let i = 0; i < count; i++) means[group[i]!]! += (x.data[i]! * groups) / count;
  for (let i = 0; i < count; i++) squares[group[i]!]! += ((x.data[i]! - means[group[i]!]!) ** 2 * groups) / count;
  return [
    { ...x, data: x.data.map((value, i) => (value - means[group[i]!]!) / (Math.sqrt(squares[group[i]!]!) + 1e-9)) },
  ];
};

/** x / (bias + α/size · Σ x² over neighbouring channels)^β. */
const localResponse: HostOperator = (call) => {
  const x = call.input(0);
  needRank(call, 'the input', x.dims, 2, Number.POSITIVE_INFINITY);
  const size = call.int('size', 0);
  if (!(size >= 1)) return call.fail('bad-value', `size is ${size}, but should be 1 or more`);
  const [alpha, beta, bias] = [call.float('alpha', 1e-4), call.float('beta', 0.75), call.float('bias', 1)];
  const [batch, channels, field] = aroundAxis(x.dims, 1);
  const out = zeros(call, x.dims);
  call.spend(out.length * Math.min(size, channels));
  for (let n = 0; n < batch; n++) {
    for (let c = 0; c < channels; c++) {
      const first = Math.max(0, c - Math.floor((size - 1) / 2));
      const last = Math.min(channels - 1, c + Math.ceil((size - 1) / 2));
      for (let i = 0; i < field; i++) {
        let squares = 0;
        for (let k = first; k <= last; k++) squares += x.data[(n * channels + k) * field + i]! ** 2;
        const at = (n * channels + c) * field + i;
        out[at] = x.data[at]! / (bias + (alpha / size) * squares) ** beta;
      }
    }
  }
  return [{ ...x, data: out }];
};

export default {
  BatchNormalization: batchNormalization,
  InstanceNormalization: instanceNormalization,
  GroupNormalization: groupNormalization,
  LpNormalization: lpNormalization,
  MeanVarianceNormalization: meanVarianceNormalization,
  LRN: localResponse,
} satisfies Readonly<Record<string, HostOperator>>;
