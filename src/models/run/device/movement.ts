/** Operators that move elements and compute nothing. */

import { elementCount } from '../../tensor.js';
import type { Lower, LowerCall, LoweredOutput } from '../lowering.js';
import { axisOf, broadcastDims, broadcastStrides, stridesOf } from '../shapes.js';
import { isEmpty, isWordInput, leftToHost, liesAlike, type Place, Steps } from '../steps.js';

/** Why input 0 is not moved on the device, if so. */
export function refusal(call: LowerCall): string | undefined {
  const { type, dims } = call.input(0);
  if (!isWordInput(call, 0)) return leftToHost(type);
  return elementCount(dims) === 0 ? isEmpty : undefined;
}

/** One output, written in order while input 0 is walked with these steps. */
function gathered(
  call: LowerCall,
  dims: readonly number[],
  walk: readonly number[],
  steps: readonly number[],
  first = 0,
) {
  const { type } = call.input(0);
  const all = new Steps(call);
  const y = all.output(0, dims);
  all.copy(all.input(0), { first, steps }, y, { steps: stridesOf(walk) }, walk);
  return all.end([{ type, dims }]);
}

const transpose: Lower = (call) => {
  const reason = refusal(call);
  if (reason !== undefined) return reason;
  const { dims, type } = call.input(0);
  const order = call.ints('perm') ?? dims.map((_, i) => dims.length - 1 - i);
  if (
    order.length !== dims.length ||
    new Set(order).size !== dims.length ||
    order.some((axis) => dims[axis] === undefined)
  )
    return call.fail('bad-value', `perm [${order}] is no order of ${dims.length} dimensions`);
  const out = order.map((axis) => dims[axis]!);
  if (liesAlike(dims, order)) return { outputs: [{ type, dims: out, sameAs: 0 }], steps: [] };
  const strides = stridesOf(dims);
  return gathered(
    call,
    out,
    out,
    order.map((axis) => strides[axis]!),
  );
};

const expand: Lower = (call) => {
  const reason = refusal(call);
  if (reason !== undefined) return reason;
  const { dims, type } = call.input(0);
  const wanted = call.intsFrom(1, 'shape') ?? [];
  const out = broadcastDims(call, dims, wanted);
  if (elementCount(out) === 0) return isEmpty;
  if (elementCount(out) === elementCount(dims)) return { outputs: [{ type, dims: out, sameAs: 0 }], steps: [] };
  return gathered(call, out, out, broadcastStrides(dims, out));
};

/** Start, step and number of the elements taken along one dimension. */
function range(size: number, start: number, end: number, step: number): readonly [first: number, count: number] {
  const counted = (at: number) => (at < 0 ? at + size : at);
  const [low, high] = step < 0 ? [-1, size - 1] : [0, size];
  const first = Math.min(Math.max(counted(start), step < 0 ? 0 : low), high);
  const last = Math.min(Math.max(counted(end), low), high);
  return [first, Math.max(0, Math.ceil((last - first) / step))];
}

const slice: Lower = (call) => {
  const reason = refusal(call);
  if (reason !== undefined) return reason;
  const { dims } = call.input(0);
  const starts = call.intsFrom(1, 'starts') ?? [];
  const ends = call.intsFrom(2, 'ends') ?? [];
  const axes = call.intsFrom(3, 'axes') ?? starts.map((_, i) => i);
  const by = call.intsFrom(4, '') ?? starts.map(() => 1);
  const strides = stridesOf(dims);
  const out = [...dims];
  const steps = [...strides];
  let first = 0;
  axes.forEach((given, i) => {
    const axis = axisOf(call, given, dims.length);
    if (by[i] === 0) call.fail('bad-value', 'a step of a slice is 0');
    const [begin, count] = range(dims[axis]!, starts[i]!, ends[i]!, by[i]!);
    first += begin * strides[axis]!;
    out[axis] = count;
    steps[axis] = by[i]! * strides[axis]!;
  });
  return elementCount(out) === 0 ? isEmpty : gathered(call, out, out, steps, first);
};

const concat: Lower = (call) => {
  const operands = call.inputs.map((_, i) => call.input(i));
  const { type, dims } = operands[0]!;
  if (!operands.every((_, i) => isWordInput(call, i))) return leftToHost(type);
  const axis = axisOf(call, call.int('axis', 1), dims.length);
  const fits = operands.every(
    (each) => each.dims.length === dims.length && each.dims.every((size, i) => i === axis || size === dims[i]),
  );
  if (!fits)
    return call.fail(
      'bad-shape',
      `${operands.map((each) => `[${each.dims}]`).join(' and ')} do not join along ${axis}`,
    );
  const out = dims.map((size, i) => (i === axis ? operands.reduce((sum, each) => sum + each.dims[i]!, 0) : size));
  if (elementCount(out) === 0) return isEmpty;
  const steps = new Steps(call);
  joinInto(
    steps,
    operands.map((_, i) => steps.input(i)),
    axis,
    steps.output(0, out),
  );
  return steps.end([{ type, dims: out }]);
};

/** Writes tensors one behind the other along an axis. */
export function joinInto(steps: Steps, parts: readonly Place[], axis: number, y: Place): void {
  const strides = stridesOf(y.dims);
  let at = 0;
  for (const part of parts) {
    const to = { first: at * strides[axis]!, steps: strides };
    if (elementCount(part.dims) > 0) steps.copy(part, { steps: stridesOf(part.dims) }, y, to, part.dims);
    at += part.dims[axis]!;
  }
}

const split: Lower = (call) => {
  const reason = refusal(call);
  if (reason !== undefined) return reason;
  const { type, dims } = call.input(0);
  const axis = axisOf(call, call.int('axis', 0), dims.length);
  const size = dims[axis]!;
  const parts = call.int('num_outputs', call.node.outputs.length);
  const each = Math.ceil(size / parts);
  const sizes =
    call.intsFrom(1, 'split') ?? Array.from({ length: parts }, (_, i) => Math.max(0, Math.min(each, size - i * each)));
  if (sizes.reduce((sum, part) => sum + part, 0) !== size)
    return call.fail('bad-shape', `parts of [${sizes}] do not add up to ${size}`);
  if (sizes.some((part) => part === 0)) return 'a part of it is empty';
  const strides = stridesOf(dims);
  const steps = new Steps(call);
  const outputs: LoweredOutput[] = [];
  let at = 0;
  for (const [i, part] of sizes.entries()) {
    const out = dims.map((own, d) => (d === axis ? part : own));
    outputs.push({ type, dims: out });
    const from = { first: at * strides[axis]!, steps: strides };
    steps.copy(steps.input(0), from, steps.output(i, out), { steps: stridesOf(out) }, out);
    at += part;
  }
  return steps.end(outputs);
};

const tile: Lower = (call) => {
  const reason = refusal(call);
  if (reason !== undefined) return reason;
  const { dims, type } = call.input(0);
  const repeats = call.intsFrom(1, 'repeats');
  if (repeats?.length !== dims.length)
    return call.fail('bad-shape', `repeats [${repeats}] are not one for each dimension of [${dims}]`);
  const out = dims.map((size, i) => size * repeats[i]!);
  if (elementCount(out) === 0) return isEmpty;
  // Twice as many dimensions are walked as repeated: where that may be too many, in two steps.
  const half = dims.length > 3 ? Math.ceil(dims.length / 2) : 0;
  const steps = new Steps(call);
  let x = steps.input(0);
  if (half > 0) {
    const between = dims.map((size, i) => (i < half ? size : size * repeats[i]!));
    const y = steps.temp(between);
    repeat(
      steps,
      x,
      repeats.map((count, i) => (i < half ? 1 : count)),
      y,
    );
    x = y;
  }
  repeat(
    steps,
    x,
    repeats.map((count, i) => (half > 0 && i >= half ? 1 : count)),
    steps.output(0, out),
  );
  return steps.end([{ type, dims: out }]);
};

function repeat(steps: Steps, x: Place, repeats: readonly number[], y: Place): void {
  const strides = stridesOf(x.dims);
  const walk = x.dims.flatMap((size, i) => [repeats[i]!, size]);
  steps.copy(x, { steps: strides.flatMap((stride) => [0, stride]) }, y, { steps: stridesOf(walk) }, walk);
}

/** Dimensions of a blocked view, and the order in which they are written. */
function rearranged(call: LowerCall, view: readonly number[], order: readonly number[], dims: readonly number[]) {
  const strides = stridesOf(view);
  return gathered(
    call,
    dims,
    order.map((i) => view[i]!),
    order.map((i) => strides[i]!),
  );
}

const depthToSpace: Lower = (call) => {
  const reason = refusal(call);
  if (reason !== undefined) return reason;
  const block = call.int('blocksize', 1);
  const [n, c, h, w] = mapsOf(call);
  if (c % block ** 2 !== 0) return call.fail('bad-shape', `${c} channels are not divisible by ${block ** 2}`);
  const left = c / block ** 2;
  const dims = [n, left, h * block, w * block];
  if (call.string('mode', 'DCR') === 'DCR')
    return rearranged(call, [n, block, block, left, h, w], [0, 3, 4, 1, 5, 2], dims);
  return rearranged(call, [n, left, block, block, h, w], [0, 1, 4, 2, 5, 3], dims);
};

const spaceToDepth: Lower = (call) => {
  const reason = refusal(call);
  if (reason !== undefined) return reason;
  const block = call.int('blocksize', 1);
  const [n, c, h, w] = mapsOf(call);
  if (h % block !== 0 || w % block !== 0)
    return call.fail('bad-shape', `maps of ${h} × ${w} are not divisible by ${block}`);
  const [rows, columns] = [h / block, w / block];
  return rearranged(call, [n, c, rows, block, columns, block], [0, 3, 5, 1, 2, 4], [n, c * block ** 2, rows, columns]);
};

function mapsOf(call: LowerCall): readonly [number, number, number, number] {
  const { dims } = call.input(0);
  if (dims.length !== 4) return call.fail('bad-shape', `[${dims}] is not batch, channels, height and width`);
  return dims as unknown as readonly [number, number, number, number];
}

export default {
  Transpose: transpose,
  Expand: expand,
  Slice: slice,
  Concat: concat,
  Split: split,
  Tile: tile,
  DepthToSpace: depthToSpace,
  SpaceToDepth: spaceToDepth,
} satisfies Readonly<Record<string, Lower>>;
