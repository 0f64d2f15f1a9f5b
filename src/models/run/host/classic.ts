/** The simple operators of classical machine learning, domain ai.onnx.ml. */
import type { HostOperator } from '../call.js';
import { hostTensor } from '../values.js';

/** Chosen columns of the last dimension. */
const arrayFeatureExtractor: HostOperator = (call) => {
  const [x, indices] = [call.input(0), call.input(1)];
  const size = x.dims.at(-1) ?? 1;
  const rows = x.dims.slice(0, -1);
  const wide = indices.data.length;
  const outside = indices.data.find((i) => !(i >= 0 && i < size));
  if (outside !== undefined) return call.fail('bad-value', `index ${outside} is not in a dimension of ${size}`);
  const count = x.data.length / Math.max(1, size);
  const out = Float64Array.from(
    { length: count * wide },
    (_, i) => x.data[Math.floor(i / wide) * size + indices.data[i % wide]!]!,
  );
  return [hostTensor(x.type, [...(rows.length === 0 ? [1] : rows), wide], out)];
};

const binarizer: HostOperator = (call) => {
  const x = call.input(0);
  const threshold = call.float('threshold', 0);
  return [{ ...x, data: x.data.map((value) => (value > threshold ? 1 : 0)) }];
};

/** Rows divided by their largest absolute value, their sum of absolute values, or their length. */
const normalizer: HostOperator = (call) => {
  const x = call.input(0);
  const norm = call.string('norm', 'MAX');
  if (norm !== 'MAX' && norm !== 'L1' && norm !== 'L2') return call.fail('bad-value', `norm "${norm}" is not known`);
  const size = x.dims.at(-1) ?? 1;
  const out = x.data.slice();
  for (let at = 0; at < out.length; at += size) {
    const row = out.subarray(at, at + size);
    const by = {
      MAX: () => row.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY),
      L1: () => row.reduce((sum, value) => sum + Math.abs(value), 0),
      L2: () => Math.sqrt(row.reduce((sum, value) => sum + value * value, 0)),
    }[norm]();
    if (by !== 0) for (let i = 0; i < row.length; i++) row[i]! /= by;
  }
  return [hostTensor('f32', x.dims, out)];
};

/** (x − offset) · scale, each one number or one per column. */
const scaler: HostOperator = (call) => {
  const x = call.input(0);
  const size = x.dims.at(-1) ?? 1;
  const [offset, scale] = [call.floats('offset') ?? [0], call.floats('scale') ?? [1]];
  for (const list of [offset, scale]) {
    if (list.length !== 1 && list.length !== size)
      return call.fail('bad-value', `${list.length} numbers do not fit ${size} columns`);
  }
  const of = (list: readonly number[], i: number): number => list[list.length === 1 ? 0 : i % size]!;
  return [
    hostTensor(
      'f32',
      x.dims,
      x.data.map((value, i) => (value - of(offset, i)) * of(scale, i)),
    ),
  ];
};

export default {
  'ai.onnx.ml.ArrayFeatureExtractor': arrayFeatureExtractor,
  'ai.onnx.ml.Binarizer': binarizer,
  'ai.onnx.ml.Normalizer': normalizer,
  'ai.onnx.ml.Scaler': scaler,
} satisfies Readonly<Record<string, HostOperator>>;
