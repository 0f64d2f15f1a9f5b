/** Operators that change or tell dimensions and leave the elements where they are. */
import type { HostCall, HostOperator } from '../call.js';
import { flattenDims, reshapeDims, squeezeDims, unsqueezeDims } from '../shapes.js';
import { countOf, hostTensor } from '../values.js';

const viewed =
  (dimsOf: (call: HostCall) => readonly number[]): HostOperator =>
  (call) => [{ ...call.input(0), dims: dimsOf(call) }];

const shape: HostOperator = (call) => {
  const { dims } = call.input(0);
  const place = (at: number): number => Math.min(dims.length, Math.max(0, at < 0 ? at + dims.length : at));
  const part = dims.slice(place(call.int('start', 0)), place(call.int('end', dims.length)));
  return [hostTensor('i64', [part.length], part)];
};

export default {
  Shape: shape,
  Size: (call) => [hostTensor('i64', [], [countOf(call.input(0))])],
  Reshape: viewed((call) => reshapeDims(call, call.input(0).dims, call.intsFrom(1, 'shape'))),
  Flatten: viewed((call) => flattenDims(call, call.input(0).dims)),
  Squeeze: viewed((call) => squeezeDims(call, call.input(0).dims, call.intsFrom(1, 'axes'))),
  Unsqueeze: viewed((call) => unsqueezeDims(call, call.input(0).dims, call.intsFrom(1, 'axes'))),
} satisfies Readonly<Record<string, HostOperator>>;
