/** Scaling of features, domain ai.onnx.ml. */
import type { HostOperator } from '../call.js';
import { hostTensor } from '../values.js';

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
  'ai.onnx.ml.Normalizer': normalizer,
  'ai.onnx.ml.Scaler': scaler,
} satisfies Readonly<Record<string, HostOperator>>;
