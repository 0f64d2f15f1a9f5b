/** Losses, and the optimizers of the preview training operators. */
import { elementCount } from '../../tensor.js';
import type { HostCall, HostOperator } from '../call.js';
import { aroundAxis, needDims, needRank } from '../dense.js';
import { type HostTensor, hostTensor } from '../values.js';

/** −weight · log probability of each target, summed up as `reduction` says. */
function likelihoodLoss(call: HostCall, logs: HostTensor): HostTensor {
  const [target, weight] = [call.input(1), call.optional(2)];
  const [batch, classes, field] = aroundAxis(logs.dims, 1);
  needDims(call, 'the target', target.dims, [batch, ...logs.dims.slice(2)]);
  if (weight) needDims(call, 'the weights', weight.dims, [classes]);
  const ignored = call.has('ignore_index') ? call.int('ignore_index', 0) : undefined;
  const losses = new Float64Array(target.data.length);
  let total = 0;
  for (let i = 0; i < losses.length; i++) {
    const label = target.data[i]!;
    if (label === ignored) continue;
    if (!(label >= 0 && label < classes))
      return call.fail('bad-value', `target ${label} is none of ${classes} classes`);
    const own = weight?.data[label] ?? 1;
    total += own;
    losses[i] = -own * logs.data[(Math.floor(i / field) * classes + label) * field + (i % field)]!;
  }
  const reduction = call.string('reduction', 'mean');
  if (reduction === 'none') return hostTensor(logs.type, target.dims, losses);
  const sum = losses.reduce((all, loss) => all + loss, 0);
  if (reduction === 'sum') return hostTensor(logs.type, [], [sum]);
  if (reduction !== 'mean') return call.fail('bad-value', `reduction "${reduction}" is not known`);
  return hostTensor(logs.type, [], [sum / total]);
}

const softmaxLoss: HostOperator = (call) => {
  const scores = call.input(0);
  needRank(call, 'the scores', scores.dims, 2, Number.POSITIVE_INFINITY);
  const [batch, classes, field] = aroundAxis(scores.dims, 1);
  const data = new Float64Array(scores.data.length);
  for (let i = 0; i < batch * field; i++) {
    const at = Math.floor(i / field) * classes * field + (i % field);
    let most = Number.NEGATIVE_INFINITY;
    for (let c = 0; c < classes; c++) most = Math.max(most, scores.data[at + c * field]!);
    let sum = 0;
    for (let c = 0; c < classes; c++) sum += Math.exp(scores.data[at + c * field]! - most);
    const log = most + Math.log(sum);
    for (let c = 0; c < classes; c++) data[at + c * field] = scores.data[at + c * field]! - log;
  }
  const logs: HostTensor = { ...scores, data };
  return [likelihoodLoss(call, logs), logs];
};

const likelihood: HostOperator = (call) => {
  needRank(call, 'the log probabilities', call.input(0).dims, 2, Number.POSITIVE_INFINITY);
  return [likelihoodLoss(call, call.input(0))];
};

/** Values of one element: the parameter, its gradient, then the optimizer's own. */
type Rule = (call: HostCall, rate: number, step: number, values: readonly number[]) => readonly number[];

/**
 * Inputs: rate, step, then all parameters, all gradients, and for each number that the optimizer keeps, those of all
 * parameters. Outputs: the new parameters, then the new kept numbers in the same order.
 */
const optimizer =
  (kept: number, rule: Rule): HostOperator =>
  (call) => {
    const groups = kept + 2;
    const count = (call.inputs.length - 2) / groups;
    if (!Number.isInteger(count) || count < 1)
      return call.fail('bad-shape', `${call.inputs.length} inputs do not come in groups of ${groups}`);
    const [rate, step] = [call.input(0).data[0] ?? 0, call.input(1).data[0] ?? 0];
    const outputs: HostTensor[] = new Array(count * (kept + 1));
    for (let t = 0; t < count; t++) {
      const inputs = Array.from({ length: groups }, (_, g) => call.input(2 + g * count + t));
      for (const each of inputs) needDims(call, 'an input', each.dims, inputs[0]!.dims);
      const made = Array.from({ length: kept + 1 }, () => new Float64Array(elementCount(inputs[0]!.dims)));
      for (let i = 0; i < made[0]!.length; i++) {
        const values = rule(
          call,
          rate,
          step,
          inputs.map(({ data }) => data[i]!),
        );
        for (const [k, value] of values.entries()) made[k]![i] = value;
      }
      for (const [k, data] of made.entries()) outputs[k * count + t] = { ...inputs[k === 0 ? 0 : k + 1]!, data };
    }
    return outputs;
  };

/** Source: Duchi, Hazan and Singer 2011; Adagrad in the specification. */
const adagrad: Rule = (call, rate, step, [x = 0, g = 0, h = 0]) => {
  const gradient = call.float('norm_coefficient', 0) * x + g;
  const sum = h + gradient * gradient;
  const now = rate / (1 + step * call.float('decay_factor', 0));
  return [x - (now * gradient) / (Math.sqrt(sum) + call.float('epsilon', 1e-6)), sum];
};

/** Source: Kingma and Ba 2014; Adam in the specification. */
const adam: Rule = (call, rate, step, [x = 0, g = 0, v = 0, h = 0]) => {
  const [alpha, beta] = [call.float('alpha', 0.9), call.float('beta', 0.999)];
  const gradient = call.float('norm_coefficient', 0) * x + g;
  const momentum = alpha * v + (1 - alpha) * gradient;
  const square = beta * h + (1 - beta) * gradient * gradient;
  const now = step > 0 ? (rate * Math.sqrt(1 - beta ** step)) / (1 - alpha ** step) : rate;
  const moved = x - (now * momentum) / (Math.sqrt(square) + call.float('epsilon', 1e-6));
  return [(1 - call.float('norm_coefficient_post', 0)) * moved, momentum, square];
};

const momentum: Rule = (call, rate, step, [x = 0, g = 0, v = 0]) => {
  const alpha = call.float('alpha', 0);
  const gradient = call.float('norm_coefficient', 0) * x + g;
  const speed = alpha * v + (step > 0 ? call.float('beta', 0) : 1) * gradient;
  return [x - rate * (call.string('mode', 'standard') === 'nesterov' ? gradient + alpha * speed : speed), speed];
};

export default {
  NegativeLogLikelihoodLoss: likelihood,
  SoftmaxCrossEntropyLoss: softmaxLoss,
  'ai.onnx.preview.training.Adagrad': optimizer(1, adagrad),
  'ai.onnx.preview.training.Adam': optimizer(2, adam),
  'ai.onnx.preview.training.Momentum': optimizer(1, momentum),
} satisfies Readonly<Record<string, HostOperator>>;
