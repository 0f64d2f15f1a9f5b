/** Operators that cut out, pad, or blank parts of a tensor by position. */
import type { HostCall, HostOperator } from '../call.js';
import { checkedCount, maxElements } from '../room.js';
import { axisOf, stridesOf } from '../shapes.js';
import { countOf, type HostTensor } from '../values.js';
import { type AxisMap, type Fill, nothing, pick, pickAxes } from '../walk.js';

function clampTo(value: number, least: number, greatest: number): number {
  return Math.min(greatest, Math.max(least, value));
}

/** Coordinates from `start` to before `end`, as the operator counts them. */
function sliceMap(call: HostCall, size: number, start: number, end: number, step: number): Int32Array {
  if (step === 0) return call.fail('bad-value', 'a step is 0');
  const counted = (at: number): number => (at < 0 ? at + size : at);
  const [least, most] = step > 0 ? [0, size] : [-1, size - 1];
  const from = clampTo(counted(start), step > 0 ? 0 : Math.min(0, most), most);
  const to = clampTo(counted(end), least, most);
  const length = checkedCount(call, [Math.max(0, Math.ceil((to - from) / step))]);
  return Int32Array.from({ length }, (_, i) => from + i * step);
}

/** Starts, ends and axes are attributes before operator set 10. */
const slice: HostOperator = (call) => {
  const tensor = call.input(0);
  const starts = call.intsFrom(1, 'starts') ?? call.fail('missing-input', 'the starts are left out');
  const ends = call.intsFrom(2, 'ends') ?? call.fail('missing-input', 'the ends are left out');
  const axes = call.intsFrom(3, 'axes') ?? starts.map((_, i) => i);
  const steps = call.optional(4)?.data ?? starts.map(() => 1);
  if (ends.length !== starts.length || axes.length !== starts.length || steps.length !== starts.length)
    return call.fail('bad-shape', 'starts, ends, axes and steps are not of one length');
  const maps: (AxisMap | undefined)[] = [];
  axes.forEach((each, i) => {
    const axis = axisOf(call, each, tensor.dims.length);
    maps[axis] = sliceMap(call, tensor.dims[axis]!, starts[i]!, ends[i]!, steps[i]!);
  });
  return [pickAxes(call, tensor, maps)];
};

type PadMode = 'constant' | 'reflect' | 'edge' | 'wrap';
const padModes: readonly string[] = ['constant', 'reflect', 'edge', 'wrap'] satisfies PadMode[];

/** Where the element at coordinate `at`, which may lie outside, comes from; −1 for the constant. */
function paddedFrom(mode: PadMode, at: number, size: number): number {
  if (at >= 0 && at < size) return at;
  if (mode === 'constant' || size === 0) return -1;
  if (mode === 'edge') return at < 0 ? 0 : size - 1;
  if (mode === 'wrap') return ((at % size) + size) % size;
  if (size === 1) return 0;
  const period = 2 * (size - 1);
  const within = ((at % period) + period) % period;
  return within < size ? within : period - within;
}

function padMap(call: HostCall, mode: PadMode, size: number, before: number, after: number): Int32Array {
  const length = size + before + after;
  if (!(length >= 0 && length <= maxElements))
    return call.fail('bad-value', `pads a dimension of ${size} to ${length}; the host holds ${maxElements} at most`);
  if (size === 0 && length > 0 && mode !== 'constant')
    return call.fail('bad-shape', `a dimension of no elements is not padded in mode ${mode}`);
  // Negative pads cut first, so what is reflected or wrapped is what is left.
  const cut = Math.max(0, -before);
  const left = size - cut - Math.max(0, -after);
  return Int32Array.from({ length }, (_, i) => {
    const from = paddedFrom(mode, i - Math.max(0, before), left);
    return from < 0 ? -1 : from + cut;
  });
}

/** Pads and value are attributes before operator set 11. */
const pad: HostOperator = (call) => {
  const tensor = call.input(0);
  const pads = call.intsFrom(1, 'pads') ?? call.ints('paddings') ?? call.fail('missing-input', 'the pads are left out');
  const rank = tensor.dims.length;
  const axes = call.optional(3)?.data ?? tensor.dims.map((_, i) => i);
  if (pads.length !== 2 * axes.length)
    return call.fail('bad-shape', `${pads.length} pads are given for ${axes.length} dimensions`);
  const mode = call.string('mode', 'constant');
  if (!padModes.includes(mode)) return call.fail('bad-value', `mode is "${mode}", not one of ${padModes.join(', ')}`);
  const value = call.optional(2);
  const fill = { number: value?.data[0] ?? call.float('value', 0), text: value?.strings?.[0] ?? '' };
  const maps: (AxisMap | undefined)[] = [];
  axes.forEach((each, i) => {
    const axis = axisOf(call, each, rank);
    maps[axis] = padMap(call, mode as PadMode, tensor.dims[axis]!, pads[i]!, pads[i + axes.length]!);
  });
  return [pickAxes(call, tensor, maps, fill)];
};

const centerCropPad: HostOperator = (call) => {
  const tensor = call.input(0);
  const sizes = call.input(1).data;
  const axes = call.ints('axes') ?? tensor.dims.map((_, i) => i);
  if (sizes.length !== axes.length)
    return call.fail('bad-shape', `${sizes.length} sizes are given for ${axes.length} dimensions`);
  const maps: (AxisMap | undefined)[] = [];
  axes.forEach((each, i) => {
    const axis = axisOf(call, each, tensor.dims.length);
    const size = tensor.dims[axis]!;
    const missing = sizes[i]! - size;
    // An odd one goes to the end.
    const before = missing >= 0 ? Math.floor(missing / 2) : -Math.floor(-missing / 2);
    maps[axis] = padMap(call, 'constant', size, before, missing - before);
  });
  return [pickAxes(call, tensor, maps)];
};

const trilu: HostOperator = (call) => {
  const tensor = call.input(0);
  const { dims } = tensor;
  if (dims.length < 2) return call.fail('bad-shape', `[${dims}] is no matrix`);
  const upper = call.int('upper', 1) === 1;
  const k = call.optional(1)?.data[0] ?? 0;
  const [rows, columns] = [dims.at(-2)!, dims.at(-1)!];
  const data = tensor.data.slice();
  for (let i = 0; i < data.length; i++) {
    const beyond = (i % columns) - (Math.floor(i / columns) % rows) - k;
    if (upper ? beyond < 0 : beyond > 0) data[i] = 0;
  }
  return [{ ...tensor, data }];
};

const compress: HostOperator = (call) => {
  const given = call.input(0);
  // Without an axis the tensor is taken as one line.
  const tensor: HostTensor = call.has('axis') ? given : { ...given, dims: [countOf(given)] };
  const axis = call.has('axis') ? axisOf(call, call.int('axis', 0), tensor.dims.length) : 0;
  const chosen = [...call.input(1).data.entries()].flatMap(([i, wanted]) => (wanted ? [i] : []));
  if ((chosen.at(-1) ?? -1) >= tensor.dims[axis]!)
    return call.fail('bad-shape', `the condition is longer than dimension ${axis} of [${tensor.dims}]`);
  const maps: (AxisMap | undefined)[] = [];
  maps[axis] = chosen;
  return [pickAxes(call, tensor, maps)];
};

const reverseSequence: HostOperator = (call) => {
  const tensor = call.input(0);
  const lengths = call.input(1).data;
  const batchAxis = axisOf(call, call.int('batch_axis', 1), tensor.dims.length);
  const timeAxis = axisOf(call, call.int('time_axis', 0), tensor.dims.length);
  if (batchAxis + timeAxis !== 1) return call.fail('bad-value', 'batch_axis and time_axis are not 0 and 1');
  const [batchStride, timeStride] = [stridesOf(tensor.dims)[batchAxis]!, stridesOf(tensor.dims)[timeAxis]!];
  const [batches, times] = [tensor.dims[batchAxis]!, tensor.dims[timeAxis]!];
  if (lengths.length !== batches || lengths.some((length) => !(length >= 0 && length <= times)))
    return call.fail('bad-value', `sequence_lens are not ${batches} lengths of at most ${times}`);
  const positions = Int32Array.from({ length: countOf(tensor) }, (_, i) => {
    const time = Math.floor(i / timeStride) % times;
    const length = lengths[Math.floor(i / batchStride) % batches]!;
    return time < length ? i + (length - 1 - 2 * time) * timeStride : i;
  });
  return [pick(tensor, tensor.dims, positions, nothing satisfies Fill)];
};

export default {
  Slice: slice,
  Pad: pad,
  CenterCropPad: centerCropPad,
  Trilu: trilu,
  Compress: compress,
  ReverseSequence: reverseSequence,
} satisfies Readonly<Record<string, HostOperator>>;
