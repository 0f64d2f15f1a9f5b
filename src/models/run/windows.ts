/** Geometry of sliding windows, host and device alike: padding and output sizes of convolutions and pooling. */
import type { Attributes } from './call.js';

/** One entry per spatial dimension in each list. */
export interface WindowGeometry {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Elements added before; may be negative in a transposed convolution whose padding is. */
  readonly padsBegin: readonly number[];
  /** Elements added after. With `ceil_mode`, the last window may reach beyond them. */
  readonly padsEnd: readonly number[];
  readonly output: readonly number[];
}

/** Spans, strides and the stated padding, each checked. */
interface Stated extends Omit<WindowGeometry, 'output'> {
  /** (kernel − 1) · dilation + 1. */
  readonly spans: readonly number[];
  readonly autoPad: AutoPad;
}

const autoPads = ['NOTSET', 'VALID', 'SAME_UPPER', 'SAME_LOWER'] as const;
type AutoPad = (typeof autoPads)[number];

/** Largest size, stride, dilation or padding that is believed. */
const largest = 2 ** 28;
/** Most elements of a window: no larger one is useful, and a file can state any. */
const mostTaps = 2 ** 24;

/**
 * A convolution. `SAME_*` makes ⌈input / stride⌉ outputs, the odd element of padding after (UPPER) or before (LOWER).
 * Source: Conv in the ONNX operator specification.
 * @param input spatial sizes, batch and channels left out.
 * @throws ModelRunError where attributes do not fit the number of dimensions, or no window fits.
 */
export function convGeometry(call: Attributes, input: readonly number[], kernel: readonly number[]): WindowGeometry {
  return slide(call, input, stated(call, input, kernel), false);
}

/**
 * Pooling: as a convolution, but `ceil_mode` adds a last window that is not full, if it starts before the padding after the input.
 * @throws ModelRunError as `convGeometry` does.
 */
export function poolGeometry(call: Attributes, input: readonly number[], kernel: readonly number[]): WindowGeometry {
  return slide(call, input, stated(call, input, kernel), call.int('ceil_mode', 0) !== 0);
}

function slide(call: Attributes, input: readonly number[], window: Stated, ceil: boolean): WindowGeometry {
  const { spans, autoPad, ...given } = window;
  const pads = input.map((size, i): [number, number] => {
    if (!autoPad.startsWith('SAME')) return [given.padsBegin[i]!, given.padsEnd[i]!];
    const stride = given.strides[i]!;
    const total = Math.max(0, (Math.ceil(size / stride) - 1) * stride + spans[i]! - size);
    return halves(total, autoPad === 'SAME_LOWER');
  });
  const output = input.map((size, i) => {
    const [before, after] = pads[i]!;
    const stride = given.strides[i]!;
    const steps = (size + before + after - spans[i]!) / stride;
    const count = (ceil ? Math.ceil(steps) : Math.floor(steps)) + 1;
    return ceil && (count - 1) * stride >= size + before ? count - 1 : count;
  });
  if (output.some((size) => size < 1)) {
    call.fail('bad-shape', `a window of [${spans}] does not fit into the padded input of [${input}]`);
  }
  return { ...given, padsBegin: pads.map(([before]) => before), padsEnd: pads.map(([, after]) => after), output };
}

/**
 * A transposed convolution: `output_shape` decides the padding where it is given, else the padding decides the output.
 * Source: ConvTranspose in the ONNX operator specification. Padding that comes out negative lies after the output.
 * @throws ModelRunError as `convGeometry` does.
 */
export function convTransposeGeometry(
  call: Attributes,
  input: readonly number[],
  kernel: readonly number[],
): WindowGeometry {
  const { spans, autoPad, ...given } = stated(call, input, kernel);
  const extra = sizes(call, 'output_padding', input.length, 0, 0);
  const wanted = call.ints('output_shape')?.slice(-input.length);
  if (wanted !== undefined) checkSizes(call, 'output_shape', wanted, input.length, 1);
  const same = autoPad.startsWith('SAME');
  const full = input.map((size, i) => (size - 1) * given.strides[i]! + extra[i]! + spans[i]!);
  const pads = input.map((size, i): [number, number] => {
    if (wanted === undefined && !same) return [given.padsBegin[i]!, given.padsEnd[i]!];
    const total = full[i]! - (wanted?.[i] ?? size * given.strides[i]!);
    return total < 0 ? [0, total] : halves(total, autoPad !== 'SAME_UPPER');
  });
  const output = full.map((size, i) => size - pads[i]![0] - pads[i]![1]);
  if (output.some((size) => size < 1)) {
    call.fail('bad-shape', `padding leaves an output of [${output}] of the input of [${input}]`);
  }
  return { ...given, padsBegin: pads.map(([before]) => before), padsEnd: pads.map(([, after]) => after), output };
}

/** The odd element goes to the first half where `moreBefore`. */
function halves(total: number, moreBefore: boolean): [number, number] {
  const less = Math.floor(total / 2);
  return moreBefore ? [total - less, less] : [less, total - less];
}

function stated(call: Attributes, input: readonly number[], kernel: readonly number[]): Stated {
  const rank = input.length;
  checkSizes(call, 'the kernel', kernel, rank, 1);
  if (kernel.reduce((product, size) => product * size, 1) > mostTaps) {
    return call.fail('bad-value', `a window of [${kernel}] has more than 2^24 elements`);
  }
  const autoPad = autoPads.find((name) => name === (call.string('auto_pad', 'NOTSET') || 'NOTSET'));
  if (autoPad === undefined) return call.fail('bad-value', `auto_pad "${call.string('auto_pad', '')}" is not known`);
  const strides = sizes(call, 'strides', rank, 1, 1);
  const dilations = sizes(call, 'dilations', rank, 1, 1);
  const pads = autoPad === 'NOTSET' ? sizes(call, 'pads', 2 * rank, 0, 0) : new Array<number>(2 * rank).fill(0);
  const spans = kernel.map((size, i) => (size - 1) * dilations[i]! + 1);
  return { kernel, strides, dilations, padsBegin: pads.slice(0, rank), padsEnd: pads.slice(rank), spans, autoPad };
}

/** A list of integers from an attribute, `otherwise` each where it is absent. */
function sizes(call: Attributes, name: string, count: number, least: number, otherwise: number): readonly number[] {
  const given = call.ints(name);
  if (given === undefined) return new Array<number>(count).fill(otherwise);
  checkSizes(call, name, given, count, least);
  return given;
}

function checkSizes(call: Attributes, what: string, found: readonly number[], count: number, least: number): void {
  if (found.length === count && found.every((n) => Number.isInteger(n) && n >= least && n <= largest)) return;
  call.fail('bad-value', `${what} [${found}] should be ${count} integers of ${least} or more`);
}
