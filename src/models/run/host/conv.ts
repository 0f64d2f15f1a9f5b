/** Convolutions in any number of dimensions, and what folds columns back into images. */
import { elementCount } from '../../tensor.js';
import type { HostCall, HostOperator } from '../call.js';
import { addProduct, flipped, needDims, needPatience, needRank, zeros } from '../dense.js';
import { addConvolution, tapCount, tapTable } from '../taps.js';
import { type HostTensor, hostTensor } from '../values.js';
import { convGeometry, convTransposeGeometry, type WindowGeometry } from '../windows.js';

/** Groups, and the kernel's sizes, which the attribute may repeat. */
function groupsOf(call: HostCall, x: HostTensor, w: HostTensor): readonly [groups: number, kernel: readonly number[]] {
  needRank(call, 'the input', x.dims, 3, Number.POSITIVE_INFINITY);
  needRank(call, 'the weights', w.dims, x.dims.length);
  const kernel = w.dims.slice(2);
  const stated = call.ints('kernel_shape');
  if (stated) needDims(call, 'kernel_shape', stated, kernel);
  const groups = call.int('group', 1);
  if (!Number.isInteger(groups) || groups < 1 || x.dims[1]! % groups !== 0) {
    return call.fail('bad-value', `${groups} groups do not divide ${x.dims[1]} channels`);
  }
  return [groups, kernel];
}

/** Fills the output with the bias, where there is one. */
export function addBias(
  call: HostCall,
  out: Float64Array,
  dims: readonly number[],
  bias: HostTensor | undefined,
): void {
  if (bias === undefined) return;
  const channels = dims[1]!;
  needDims(call, 'the bias', bias.dims, [channels]);
  const field = elementCount(dims.slice(2));
  for (let i = 0; i < dims[0]! * channels; i++) {
    const value = bias.data[i % channels]!;
    for (let j = i * field; j < (i + 1) * field; j++) out[j]! += value;
  }
}

/** The convolution of two tensors as the node's attributes say, without a bias. */
export function convolve(call: HostCall, x: HostTensor, w: HostTensor): HostTensor {
  const [groups, kernel] = groupsOf(call, x, w);
  const [batch, channels, ...input] = x.dims as [number, number, ...number[]];
  const [made, inGroup] = w.dims as [number, number];
  if (inGroup * groups !== channels || made % groups !== 0) {
    return call.fail('bad-shape', `weights [${w.dims}] in ${groups} groups do not fit ${channels} channels`);
  }
  const window = convGeometry(call, input, kernel);
  const dims = [batch, made, ...window.output];
  const out = zeros(call, dims);
  needPatience(call, out.length * inGroup * tapCount(window));
  addConvolution({ x: x.data, input, batch, groups, inGroup, outGroup: made / groups, weights: w.data, window }, out);
  return hostTensor(x.type, dims, out);
}

const conv: HostOperator = (call) => {
  const result = convolve(call, call.input(0), call.input(1));
  addBias(call, result.data, result.dims, call.optional(2));
  return [result];
};

/** Adds columns [channels · taps, windows] to the elements of the field under each window. */
function fold(
  columns: Float64Array,
  window: WindowGeometry,
  windows: readonly number[],
  field: readonly number[],
  channels: number,
  out: Float64Array,
  outAt: number,
): void {
  const taps = tapCount(window);
  const size = elementCount(field);
  const count = elementCount(windows);
  for (let tap = 0; tap < taps; tap++) {
    const table = tapTable(window, windows, field, tap);
    for (let channel = 0; channel < channels; channel++) {
      const from = (channel * taps + tap) * count;
      const to = outAt + channel * size;
      for (let i = 0; i < count; i++) {
        const at = table[i]!;
        if (at >= 0) out[to + at]! += columns[from + i]!;
      }
    }
  }
}

const convTranspose: HostOperator = (call) => {
  const [x, w] = [call.input(0), call.input(1)];
  const [groups, kernel] = groupsOf(call, x, w);
  const [batch, channels, ...input] = x.dims as [number, number, ...number[]];
  const outGroup = w.dims[1]!;
  if (w.dims[0] !== channels) {
    return call.fail('bad-shape', `weights [${w.dims}] do not fit ${channels} channels`);
  }
  const window = convTransposeGeometry(call, input, kernel);
  const dims = [batch, outGroup * groups, ...window.output];
  const out = zeros(call, dims);
  const rows = outGroup * tapCount(window);
  const inGroup = channels / groups;
  const count = elementCount(input);
  const field = elementCount(window.output);
  const columns = zeros(call, [rows, count]);
  needPatience(call, x.data.length * rows);
  for (let group = 0; group < batch * groups; group++) {
    columns.fill(0);
    const a = flipped(w.data, inGroup, rows, (group % groups) * inGroup * rows);
    addProduct({
      a,
      aAt: 0,
      b: x.data,
      bAt: group * inGroup * count,
      out: columns,
      outAt: 0,
      m: rows,
      k: inGroup,
      n: count,
    });
    fold(columns, window, input, window.output, outGroup, out, group * outGroup * field);
  }
  addBias(call, out, dims, call.optional(2));
  return [hostTensor(x.type, dims, out)];
};

/** Blocks of columns added up into an image: the transpose of unfolding it. */
const col2im: HostOperator = (call) => {
  const x = call.input(0);
  needRank(call, 'the input', x.dims, 3);
  const image = Array.from(call.input(1).data);
  const block = Array.from(call.input(2).data);
  const window = convGeometry(call, image, block);
  const [batch, rows, count] = x.dims as [number, number, number];
  const taps = tapCount(window);
  if (rows % taps !== 0 || count !== elementCount(window.output)) {
    return call.fail('bad-shape', `[${x.dims}] does not hold blocks of [${block}] at [${window.output}] places`);
  }
  const channels = rows / taps;
  const dims = [batch, channels, ...image];
  const out = zeros(call, dims);
  const field = elementCount(image);
  for (let n = 0; n < batch; n++) {
    const columns = x.data.subarray(n * rows * count, (n + 1) * rows * count);
    fold(columns, window, window.output, image, channels, out, n * channels * field);
  }
  return [hostTensor(x.type, dims, out)];
};

export default {
  Conv: conv,
  ConvTranspose: convTranspose,
  Col2Im: col2im,
} satisfies Readonly<Record<string, HostOperator>>;
