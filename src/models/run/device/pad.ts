/** Rims around tensors. */
import { bitsOfF32 } from '../../../../shaders/lib/elementwise/special.js';
import { rank } from '../../../../shaders/lib/strided/strided.js';
import { type PadMode, pad as padding, padModes, padShape } from '../../../../shaders/pad/operation.js';
import type { Lower } from '../lowering.js';
import { axisOf } from '../shapes.js';
import { isEmpty, isFloatInput, Steps, tooManyDimensions } from '../steps.js';
import { refusal } from './movement.js';

const pad: Lower = (call) => {
  const reason = refusal(call);
  if (reason !== undefined) return reason;
  const { type, dims } = call.input(0);
  const mode = call.string('mode', 'constant') as PadMode;
  if (!padModes.includes(mode)) return call.fail('bad-value', `mode "${mode}" is not known`);
  const pads = call.intsFrom(1, 'pads') ?? [];
  const axes = (call.intsFrom(3, '') ?? dims.map((_, i) => i)).map((axis) => axisOf(call, axis, dims.length));
  if (pads.length !== 2 * axes.length)
    return call.fail('bad-shape', `pads [${pads}] are not two for each of ${axes.length} axes`);
  // What is cut off on one side would be taken again on the other.
  if (mode !== 'constant' && pads.some((pad) => pad < 0)) return 'a rim made of what a cut leaves is made on the host';
  const before = dims.map((_, i) => pads[axes.indexOf(i)] ?? 0);
  const after = dims.map((_, i) => (axes.includes(i) ? pads[axes.indexOf(i) + axes.length]! : 0));
  const out = dims.map((size, i) => size + before[i]! + after[i]!);
  if (out.some((size) => size <= 0)) return isEmpty;
  const joined = joinUnpadded(dims, before, after);
  if (joined.own.length > rank) return tooManyDimensions;
  const fill = call.host(2)?.data[0] ?? call.float('value', 0);
  const bits = isFloatInput(call, 0) ? bitsOfF32(fill) : fill >>> 0;
  const steps = new Steps(call);
  const shape = padShape(
    mode,
    joined.own.map((size, i) => size + joined.before[i]! + joined.after[i]!),
    joined.own,
    joined.before,
    bits,
  );
  steps.run([`${padding.id}/naive`], shape, { x: { input: 0 }, y: { output: 0 } });
  return steps.end([{ type, dims: out }]);
};

/** Neighbouring dimensions without a rim as one. */
function joinUnpadded(dims: readonly number[], before: readonly number[], after: readonly number[]) {
  const joined = { own: [] as number[], before: [] as number[], after: [] as number[] };
  dims.forEach((size, i) => {
    const last = joined.own.length - 1;
    const bare = before[i] === 0 && after[i] === 0;
    if (bare && last >= 0 && joined.before[last] === 0 && joined.after[last] === 0) joined.own[last]! *= size;
    else {
      joined.own.push(size);
      joined.before.push(before[i]!);
      joined.after.push(after[i]!);
    }
  });
  return joined;
}

export default { Pad: pad } satisfies Readonly<Record<string, Lower>>;
