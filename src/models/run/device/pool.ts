/** Pooling over one to three spatial dimensions, and over whole images. */
import type { PoolShape } from '../../../../shaders/pool2d/operation.js';
import { elementCount } from '../../tensor.js';
import type { Lower, LowerCall } from '../lowering.js';
import { type Place, Steps } from '../steps.js';
import { poolGeometry, type WindowGeometry } from '../windows.js';
import { along } from './lib/volume.js';
import { pair, windowSizes } from './lib/windows.js';

/** `mode` of the kernels. */
const modes = { max: 1, average: 2, averageWithPadding: 3, lp1: 4, lp2: 5 } as const;
type Mode = (typeof modes)[keyof typeof modes];

/** Windows that one invocation should not walk through alone. */
const longWindow = 128;

function unfit(call: LowerCall): string | undefined {
  const { type, dims } = call.input(0);
  if (!call.is(0, 'f32')) return `${type} is not pooled on the device`;
  if (dims.length < 3) call.fail('bad-shape', `[${dims}] is no batch of images`);
  return dims.length > 5 ? 'windows of more than three dimensions are slid on the host' : undefined;
}

const pool =
  (modeOf: (call: LowerCall) => Mode | string): Lower =>
  (call) => {
    const mode = modeOf(call);
    const refusal = unfit(call) ?? (typeof mode === 'string' ? mode : undefined);
    if (refusal !== undefined || typeof mode === 'string') return refusal!;
    const { dims } = call.input(0);
    const kernel = call.ints('kernel_shape') ?? call.fail('bad-value', 'kernel_shape is left out');
    return slide(call, mode, poolGeometry(call, dims.slice(2), kernel));
  };

const globalPool =
  (modeOf: (call: LowerCall) => Mode | string): Lower =>
  (call) => {
    const mode = modeOf(call);
    const refusal = unfit(call) ?? (typeof mode === 'string' ? mode : undefined);
    if (refusal !== undefined || typeof mode === 'string') return refusal!;
    const kernel = call.input(0).dims.slice(2);
    const all = (value: number): readonly number[] => kernel.map(() => value);
    const pads = { padsBegin: all(0), padsEnd: all(0) };
    return slide(call, mode, { kernel, strides: all(1), dilations: all(1), ...pads, output: all(1) });
  };

function slide(call: LowerCall, mode: Mode, geometry: WindowGeometry): ReturnType<Lower> {
  const { type, dims: from } = call.input(0);
  const dims = [...from.slice(0, 2), ...geometry.output];
  if (elementCount(dims) * elementCount(from) === 0) return 'it is empty';
  const steps = new Steps(call);
  const [x, y] = [steps.input(0), steps.output(0, dims)];
  if (from.length < 5) slideOver(steps, mode, x, geometry, y);
  else slideInTurn(steps, mode, x, geometry, y);
  return steps.end([{ type, dims }]);
}

function slideOver(steps: Steps, mode: Mode, x: Place, geometry: WindowGeometry, y: Place): void {
  const [below, after] = pair(geometry.padsEnd, x.dims.length === 3, 0);
  const shape: PoolShape = { ...windowSizes(x.dims, geometry), mode, bottom: below + 1, right: after + 1 };
  const rungs = ['pool2d/naive', 'pool2d/workgroup'];
  const long = shape.kernelHeight * shape.kernelWidth >= longWindow;
  steps.run(long ? rungs.toReversed() : rungs, shape, { X: x.ref, Y: y.ref });
}

/** Height and width, then the depth: maxima, means, counts and norms of a box are those of its columns' own. */
function slideInTurn(steps: Steps, mode: Mode, x: Place, geometry: WindowGeometry, y: Place): void {
  const [batch, channels, depth, height, width] = x.dims as [number, number, number, number, number];
  const pixels = elementCount(geometry.output.slice(1));
  const between = steps.temp([batch, channels, depth, pixels]);
  const planes = { ref: x.ref, dims: [batch, channels * depth, height, width] };
  slideOver(steps, mode, planes, along(geometry, 1), between);
  const deep = along(geometry, 0, 1);
  const column: WindowGeometry = {
    ...{ kernel: [...deep.kernel, 1], strides: [...deep.strides, 1], dilations: [...deep.dilations, 1] },
    ...{ padsBegin: [...deep.padsBegin, 0], padsEnd: [...deep.padsEnd, 0], output: [...deep.output, pixels] },
  };
  slideOver(steps, mode, between, column, y);
}

const max = (call: LowerCall): Mode | string => (call.wants(1) ? 'indices of maxima are found on the host' : modes.max);
const average = (call: LowerCall): Mode =>
  call.int('count_include_pad', 0) === 0 ? modes.average : modes.averageWithPadding;
const lp = (call: LowerCall): Mode | string => {
  const p = call.int('p', 2);
  return p === 1 ? modes.lp1 : p === 2 ? modes.lp2 : `the norm with p = ${p} is computed on the host`;
};

export default {
  MaxPool: pool(max),
  AveragePool: pool(average),
  LpPool: pool(lp),
  GlobalMaxPool: globalPool(() => modes.max),
  GlobalAveragePool: globalPool(() => modes.average),
  GlobalLpPool: globalPool(lp),
} satisfies Readonly<Record<string, Lower>>;
