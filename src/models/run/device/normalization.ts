/** Layer, RMS, instance, group and batch normalisation. */
import { normShape } from '../../../../shaders/layer-norm/operation.js';
import { bitsOfF32 } from '../../../../shaders/lib/elementwise/special.js';
import { elementCount } from '../../tensor.js';
import type { Lower, LowerCall } from '../lowering.js';
import { axisOf, broadcastDims } from '../shapes.js';
import { isEmpty, isFloatInput, leftToHost, type Place, Steps } from '../steps.js';

/** Why the inputs are not normalised on the device, if so. */
function refusal(call: LowerCall): string | undefined {
  const odd = call.inputs.findIndex((operand, i) => operand !== undefined && !isFloatInput(call, i));
  if (odd >= 0) return leftToHost(call.input(odd).type);
  return elementCount(call.input(0).dims) === 0 ? isEmpty : undefined;
}

function rungsFor(length: number): readonly string[] {
  return length >= 32 ? ['layer-norm/workgroup', 'layer-norm/naive'] : ['layer-norm/naive'];
}

function zeros(steps: Steps, count: number): Place {
  return steps.made('zeros', [count], () => new Float32Array(count));
}

/** @param stash dimensions of the mean and the inverse deviation. @param bias whether input 2 is one. */
function normalized(
  call: LowerCall,
  form: Parameters<typeof normShape>[0],
  epsilon: number,
  stash: readonly number[],
  bias = true,
) {
  const { type, dims } = call.input(0);
  const scales = (form.groups * form.length) / form.spatial;
  const given = [1, ...(bias && call.inputs[2] !== undefined ? [2] : [])];
  const odd = given.find((i) => elementCount(call.input(i).dims) !== scales);
  if (odd !== undefined) return `input ${odd} has not one element for each of ${scales} channels`;
  const steps = new Steps(call);
  const shift: Place = given.includes(2) ? steps.input(2) : zeros(steps, scales);
  const statistic = (i: number): Place => (call.wants(i) ? steps.output(i, stash) : steps.temp([form.rows]));
  const buffers = {
    x: { input: 0 },
    scale: { input: 1 },
    bias: shift.ref,
    y: { output: 0 },
    mean: statistic(1).ref,
    inverse: statistic(2).ref,
  };
  steps.run(rungsFor(form.length), normShape(form, epsilon), buffers);
  const statistics = [1, 2].filter((i) => call.wants(i)).map(() => ({ type: 'f32' as const, dims: stash }));
  return steps.end([{ type, dims }, ...statistics]);
}

const alongRows =
  (centred: number): Lower =>
  (call) => {
    const reason = refusal(call);
    if (reason !== undefined) return reason;
    if (call.wants(2) && !call.wants(1)) return 'the deviation is wanted without the mean';
    const { dims } = call.input(0);
    const axis = axisOf(call, call.int('axis', -1), dims.length);
    const [lead, rest] = [dims.slice(0, axis), dims.slice(axis)];
    const form = { rows: elementCount(lead), length: elementCount(rest), groups: 1, spatial: 1, centred };
    const stash = [...lead, ...rest.map(() => 1)];
    return normalized(call, form, call.float('epsilon', 1e-5), stash, centred === 1);
  };

const instance: Lower = (call) => {
  const reason = refusal(call);
  if (reason !== undefined) return reason;
  const [batch = 1, channels = 1, ...map] = call.input(0).dims;
  const length = elementCount(map);
  const form = { rows: batch * channels, length, groups: channels, spatial: length, centred: 1 };
  return normalized(call, form, call.float('epsilon', 1e-5), []);
};

/** Scale and bias are per group before version 21, per channel since. */
const group: Lower = (call) => {
  const reason = refusal(call);
  if (reason !== undefined) return reason;
  const [batch = 1, channels = 1, ...map] = call.input(0).dims;
  const groups = call.int('num_groups', 1);
  if (channels % groups !== 0)
    return call.fail('bad-shape', `${channels} channels are not divisible by ${groups} groups`);
  const length = (channels / groups) * elementCount(map);
  const spatial = call.opset < 21 ? length : elementCount(map);
  return normalized(
    call,
    { rows: batch * groups, length, groups, spatial, centred: 1 },
    call.float('epsilon', 1e-5),
    [],
  );
};

const batch: Lower = (call) => {
  const reason = refusal(call);
  if (reason !== undefined) return reason;
  if (call.int('training_mode', 0) === 1 || call.wants(1)) return 'training is left to the host';
  const { type, dims } = call.input(0);
  const [outer = 1, channels = 1, ...map] = dims;
  const odd = [1, 2, 3, 4].find((i) => elementCount(call.input(i).dims) !== channels);
  if (odd !== undefined)
    return call.fail('bad-shape', `input ${odd} has not one element for each of ${channels} channels`);
  const shape = { outer, channels, spatial: elementCount(map), epsilon: bitsOfF32(call.float('epsilon', 1e-5)) };
  const steps = new Steps(call);
  steps.run(['batch-norm/naive'], shape, {
    x: { input: 0 },
    scale: { input: 1 },
    bias: { input: 2 },
    mean: { input: 3 },
    variance: { input: 4 },
    y: { output: 0 },
  });
  return steps.end([{ type, dims }]);
};

/** Normalisation of the sum of input, skip and bias, which is an output too. @param centred 0 leaves mean and shift out. */
const skipped =
  (centred: number): Lower =>
  (call) => {
    const reason = refusal(call);
    if (reason !== undefined) return reason;
    const { type, dims } = call.input(0);
    const length = dims.at(-1) ?? 1;
    const [shift, bias] = centred === 1 ? [3, 4] : [undefined, 3];
    const steps = new Steps(call);
    const added = [steps.input(1), ...(call.inputs[bias] === undefined ? [] : [steps.input(bias)])];
    const fits = added.every((place) => `${broadcastDims(call, dims, place.dims)}` === `${dims}`);
    const scales = [2, shift].flatMap((i) => (i === undefined || call.inputs[i] === undefined ? [] : [i]));
    if (!fits || scales.some((i) => elementCount(call.input(i).dims) !== length))
      return call.fail('bad-shape', `what is added to [${dims}], or its scale, does not fit`);
    let sum = steps.input(0);
    for (const [i, place] of added.entries()) {
      const next = i === added.length - 1 ? steps.wanted(3, dims) : steps.temp(dims);
      steps.binary('elementwise-binary', 'add', sum, place, next);
      sum = next;
    }
    const stash = [...dims.slice(0, -1), 1];
    const form = { rows: elementCount(stash), length, groups: 1, spatial: 1, centred };
    steps.run(rungsFor(length), normShape(form, call.float('epsilon', 1e-12)), {
      ...{ x: sum.ref, scale: { input: 2 }, y: { output: 0 } },
      bias: (scales.length > 1 ? steps.input(shift!) : zeros(steps, length)).ref,
      ...{ mean: steps.wanted(1, stash).ref, inverse: steps.wanted(2, stash).ref },
    });
    const statistic = { type: 'f32' as const, dims: stash };
    const outputs = [{ type, dims }, statistic, statistic, { type, dims }];
    return steps.end(outputs.slice(0, call.node.outputs.length));
  };

/** x / (bias + α·mean of x² over neighbouring channels)^β; channels beyond the ends count as zeros. */
const localResponse: Lower = (call) => {
  const reason = refusal(call);
  if (reason !== undefined) return reason;
  const { type, dims } = call.input(0);
  const size = call.int('size', 0);
  if (!(size >= 1)) return call.fail('bad-value', `size is ${size}, but should be 1 or more`);
  if (dims.length < 2) return call.fail('bad-shape', `[${dims}] has no channels`);
  const [batch, channels, ...field] = dims as [number, number, ...number[]];
  const width = elementCount(field);
  const steps = new Steps(call);
  const [square, mean, sum, divisor] = [0, 0, 0, 0].map(() => steps.temp(dims)) as [Place, Place, Place, Place];
  steps.binary('elementwise-binary', 'mul', steps.input(0), steps.input(0), square);
  // Channels as the height of an image, over which a window slides.
  const window = {
    ...{ batch, channels: 1, height: channels, width, outHeight: channels, outWidth: width },
    ...{ kernelHeight: size, kernelWidth: 1, strideY: 1, strideX: 1, dilationY: 1, dilationX: 1, mode: 3 },
    ...{ top: 1 + Math.floor((size - 1) / 2), bottom: 1 + Math.ceil((size - 1) / 2), left: 1, right: 1 },
  };
  steps.run(['pool2d/naive'], window, { X: square.ref, Y: mean.ref });
  steps.unary('affine', mean, sum, { alpha: call.float('alpha', 1e-4), beta: call.float('bias', 1) });
  const exponent = steps.made('exponent', [], () => Float32Array.of(call.float('beta', 0.75)));
  steps.binary('elementwise-binary', 'pow', sum, exponent, divisor);
  steps.binary('elementwise-binary', 'div', steps.input(0), divisor, steps.output(0, dims));
  return steps.end([{ type, dims }]);
};

export default {
  LayerNormalization: alongRows(1),
  RMSNormalization: alongRows(0),
  SimplifiedLayerNormalization: alongRows(0),
  InstanceNormalization: instance,
  GroupNormalization: group,
  BatchNormalization: batch,
  LRN: localResponse,
  'com.microsoft.SimplifiedLayerNormalization': alongRows(0),
  'com.microsoft.SkipLayerNormalization': skipped(1),
  'com.microsoft.SkipSimplifiedLayerNormalization': skipped(0),
} satisfies Readonly<Record<string, Lower>>;
