/** Operators whose output is their input under other dimensions: they cost nothing. */
import type { Lower, LowerCall } from '../lowering.js';
import { flattenDims, reshapeDims, squeezeDims, unsqueezeDims } from '../shapes.js';

const view =
  (dimsOf: (call: LowerCall) => readonly number[]): Lower =>
  (call) => ({ outputs: [{ type: call.input(0).type, dims: dimsOf(call), sameAs: 0 }], steps: [] });

export default {
  Identity: view((call) => call.input(0).dims),
  Reshape: view((call) => reshapeDims(call, call.input(0).dims, call.intsFrom(1, 'shape'))),
  Flatten: view((call) => flattenDims(call, call.input(0).dims)),
  Squeeze: view((call) => squeezeDims(call, call.input(0).dims, call.intsFrom(1, 'axes'))),
  Unsqueeze: view((call) => unsqueezeDims(call, call.input(0).dims, call.intsFrom(1, 'axes'))),
} satisfies Readonly<Record<string, Lower>>;
