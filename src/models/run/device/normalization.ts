/** Layer, RMS, instance, group and batch normalisation. */
import { normShape } from '../../../../shaders/layer-norm/operation.js';
import { bitsOfF32 } from '../../../../shaders/lib/elementwise/special.js';
import { elementCount } from '../../tensor.js';
import type { Lower, LowerCall } from '../lowering.js';
import { axisOf } from '../shapes.js';
import { isEmpty, isFloatInput, leftToHost, type Place, Steps } from '../steps.js';

/** Why the inputs are not normalised on the device, if so. */
function refusal(call: LowerCall): string | undefined {
  const odd = call.inputs.findIndex((operand, i) => operand !== undefined && !isFloatInput(call, i));
  if (odd >= 0) return leftToHost(call.input(odd).type);
  return elementCount(call.input(0).dims) === 0 ? isEmpty : undefined;
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
  const shift: Place = given.includes(2)
    ? steps.input(2)
    : steps.made('zeros', [scales], () => new Float32Array(scales));
  const statistic = (i: number): Place => (call.wants(i) ? steps.output(i, stash) : steps.temp([form.rows]));
  const rungs = form.length >= 32 ? ['layer-norm/workgroup', 'layer-norm/naive'] : ['layer-norm/naive'];
  const buffers = {
    x: { input: 0 },
    scale: { input: 1 },
    bias: shift.ref,
    y: { output: 0 },
    mean: statistic(1).ref,
    inverse: statistic(2).ref,
  };
  steps.run(rungs, normShape(form, epsilon), buffers);
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

export default {
  LayerNormalization: alongRows(1),
  RMSNormalization: alongRows(0),
  SimplifiedLayerNormalization: alongRows(0),
  InstanceNormalization: instance,
  GroupNormalization: group,
  BatchNormalization: batch,
} satisfies Readonly<Record<string, Lower>>;
