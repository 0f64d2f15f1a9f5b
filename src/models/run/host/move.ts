/** Operators that move elements to other places without choosing among them by value. */
import type { HostCall, HostOperator } from '../call.js';
import { checkedCount, room } from '../room.js';
import { axisOf, broadcastDims, stridesOf } from '../shapes.js';
import { type HostTensor, type HostValue, hostStrings, hostTensor } from '../values.js';
import { type AxisMap, broadcast, layoutAround, pickAxes, stepped, transpose } from '../walk.js';

const permute: HostOperator = (call) => {
  const tensor = call.input(0);
  const rank = tensor.dims.length;
  const order = call.ints('perm') ?? Array.from({ length: rank }, (_, i) => rank - 1 - i);
  const axes = order.map((axis) => axisOf(call, axis, rank));
  if (axes.length !== rank || new Set(axes).size !== rank)
    return call.fail('bad-value', `perm [${order}] is no order of ${rank} dimensions`);
  return [transpose(call, tensor, axes)];
};

/** Joins tensors along an axis that is counted from 0. */
export function concat(call: HostCall, all: readonly HostTensor[], axis: number): HostTensor {
  const first = all[0] ?? call.fail('missing-input', 'has nothing to join');
  for (const { dims, type } of all) {
    const fits = dims.length === first.dims.length && dims.every((size, i) => i === axis || size === first.dims[i]);
    if (!fits) call.fail('bad-shape', `[${dims}] and [${first.dims}] are not joined along dimension ${axis}`);
    if (type !== first.type) call.fail('unsupported-type', `${type} and ${first.type} are not joined`);
  }
  const size = all.reduce((sum, { dims }) => sum + dims[axis]!, 0);
  const dims = first.dims.map((each, i) => (i === axis ? size : each));
  const { outer, inner } = layoutAround(dims, axis);
  if (checkedCount(call, dims) === 0) return { ...first, dims };
  if (first.strings !== undefined) {
    const texts: string[] = [];
    for (let block = 0; block < outer; block++) {
      for (const each of all) {
        const row = each.dims[axis]! * inner;
        texts.push(...each.strings!.slice(block * row, (block + 1) * row));
      }
    }
    return hostStrings(dims, texts);
  }
  const data = room(call, dims);
  let to = 0;
  for (let block = 0; block < outer; block++) {
    for (const each of all) {
      const row = each.dims[axis]! * inner;
      data.set(each.data.subarray(block * row, (block + 1) * row), to);
      to += row;
    }
  }
  return hostTensor(first.type, dims, data);
}

/** Parts of a tensor along an axis. */
export function split(call: HostCall, tensor: HostTensor, axis: number, sizes: readonly number[]): HostTensor[] {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total !== tensor.dims[axis] || sizes.some((size) => size < 0))
    call.fail('bad-shape', `parts of [${sizes}] do not make up dimension ${axis} of [${tensor.dims}]`);
  checkedCount(call, [total]);
  let start = 0;
  return sizes.map((size) => {
    const map = Int32Array.from({ length: size }, (_, i) => start + i);
    start += size;
    return pickAxes(call, tensor, mapsAt(axis, map));
  });
}

function mapsAt(axis: number, map: AxisMap): (AxisMap | undefined)[] {
  const maps: (AxisMap | undefined)[] = [];
  maps[axis] = map;
  return maps;
}

const splitOperator: HostOperator = (call): readonly HostValue[] => {
  const tensor = call.input(0);
  const axis = axisOf(call, call.int('axis', 0), tensor.dims.length);
  const given = call.intsFrom(1, 'split');
  if (given !== undefined) return split(call, tensor, axis, given);
  const size = tensor.dims[axis]!;
  const parts = call.int('num_outputs', call.node.outputs.length);
  if (parts < 1 || parts > call.node.outputs.length)
    return call.fail('bad-value', `num_outputs is ${parts}, with ${call.node.outputs.length} outputs`);
  // The last part is smaller where the size is no multiple.
  const part = Math.ceil(size / parts);
  return split(
    call,
    tensor,
    axis,
    Array.from({ length: parts }, (_, i) => Math.max(0, Math.min(part, size - i * part))),
  );
};

const expand: HostOperator = (call) => {
  const tensor = call.input(0);
  const dims = broadcastDims(call, tensor.dims, Array.from(call.input(1).data));
  checkedCount(call, dims);
  return [broadcast(call, tensor, dims)];
};

const tile: HostOperator = (call) => {
  const tensor = call.input(0);
  const repeats = call.input(1).data;
  if (repeats.length !== tensor.dims.length)
    return call.fail('bad-shape', `${repeats.length} repeats are given for ${tensor.dims.length} dimensions`);
  const dims = tensor.dims.map((size, axis) => size * repeats[axis]!);
  checkedCount(call, dims);
  const strides = stridesOf(tensor.dims);
  const both = tensor.dims.flatMap((size, axis) => [repeats[axis]!, size]);
  const steps = strides.flatMap((stride) => [0, stride]);
  return [{ ...stepped(call, tensor, both, steps), dims }];
};

/** Reshapes, transposes, reshapes: how blocks of pixels become channels and back. */
function regroup(call: HostCall, as: readonly number[], order: readonly number[], to: readonly number[]): HostTensor {
  const moved = transpose(call, { ...call.input(0), dims: as }, order);
  return { ...moved, dims: to };
}

function blockOf(call: HostCall): readonly [dims: readonly number[], block: number] {
  const { dims } = call.input(0);
  const block = call.int('blocksize', 0);
  if (dims.length !== 4) return call.fail('bad-shape', `[${dims}] is not of 4 dimensions`);
  if (block < 1) return call.fail('bad-value', `blocksize is ${block}, not 1 or more`);
  return [dims, block];
}

const depthToSpace: HostOperator = (call) => {
  const [[n = 0, c = 0, h = 0, w = 0], b] = blockOf(call);
  const depth = c / (b * b);
  if (!Number.isInteger(depth)) return call.fail('bad-shape', `${c} channels are no multiple of ${b}²`);
  const to = [n, depth, h * b, w * b];
  if (call.string('mode', 'DCR') === 'CRD') return [regroup(call, [n, depth, b, b, h, w], [0, 1, 4, 2, 5, 3], to)];
  return [regroup(call, [n, b, b, depth, h, w], [0, 3, 4, 1, 5, 2], to)];
};

const spaceToDepth: HostOperator = (call) => {
  const [[n = 0, c = 0, h = 0, w = 0], b] = blockOf(call);
  if (h % b || w % b) return call.fail('bad-shape', `${h} × ${w} pixels do not fall into blocks of ${b} × ${b}`);
  const to = [n, c * b * b, h / b, w / b];
  return [regroup(call, [n, c, h / b, b, w / b, b], [0, 3, 5, 1, 2, 4], to)];
};

export default {
  Transpose: permute,
  Concat: (call) => {
    const all = call.inputs.map((_, i) => call.input(i));
    // Before operator set 4 the axis had a default.
    return [concat(call, all, axisOf(call, call.int('axis', 1), all[0]?.dims.length ?? 0))];
  },
  Split: splitOperator,
  Expand: expand,
  Tile: tile,
  DepthToSpace: depthToSpace,
  SpaceToDepth: spaceToDepth,
} satisfies Readonly<Record<string, HostOperator>>;
