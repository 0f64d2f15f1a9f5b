/** Activation functions, with the attributes and defaults of the ONNX specification. */
import { erf } from '../../../numerics/erf.js';
import type { HostCall, HostOperator } from '../call.js';
import { broadcastDims } from '../shapes.js';
import { hostTensor } from '../values.js';
import { broadcast } from '../walk.js';
import { mapped } from './unary.js';

/** An activation whose function is made from the attributes of the node. */
const activation =
  (make: (call: HostCall) => (x: number) => number): HostOperator =>
  (call) =>
    mapped(make(call))(call);

/** ln(1 + eˣ) without overflow. */
function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

function celu({ float }: Floats): (x: number) => number {
  const alpha = float('alpha', 1);
  return (x) => (x > 0 ? x : alpha * Math.expm1(x / alpha));
}

function elu({ float }: Floats): (x: number) => number {
  const alpha = float('alpha', 1);
  return (x) => (x < 0 ? alpha * Math.expm1(x) : x);
}

function selu({ float }: Floats): (x: number) => number {
  const alpha = float('alpha', 1.6732631921768188);
  const gamma = float('gamma', 1.0507010221481323);
  return (x) => gamma * (x > 0 ? x : alpha * Math.expm1(x));
}

function hardSigmoid({ float }: Floats): (x: number) => number {
  const alpha = float('alpha', 0.2);
  const beta = float('beta', 0.5);
  return (x) => clamp(alpha * x + beta);
}

function shrink({ float }: Floats): (x: number) => number {
  const bias = float('bias', 0);
  const lambda = float('lambd', 0.5);
  return (x) => (x < -lambda ? x + bias : x > lambda ? x - bias : 0);
}

/** Into [0, 1]; NaN stays. */
function clamp(x: number): number {
  return Math.max(0, Math.min(1, x));
}

const rootHalf = Math.SQRT1_2;
const rootTwoOverPi = Math.sqrt(2 / Math.PI);

function gelu(x: number): number {
  return 0.5 * x * (1 + erf(x * rootHalf));
}

/** The approximation of Hendrycks and Gimpel, Gaussian Error Linear Units. */
function geluTanh(x: number): number {
  return 0.5 * x * (1 + Math.tanh(rootTwoOverPi * (x + 0.044715 * x ** 3)));
}

interface Floats {
  readonly float: (name: string, otherwise: number) => number;
}

const withFloats = (make: (floats: Floats) => (x: number) => number): HostOperator =>
  activation((call) => make({ float: (name, otherwise) => call.float(name, otherwise) }));

const prelu: HostOperator = (call) => {
  const { type, dims, data } = call.input(0);
  const to = broadcastDims(call, dims, call.input(1).dims);
  if (to.length !== dims.length || to.some((size, i) => size !== dims[i]))
    return call.fail('bad-shape', `slopes of [${call.input(1).dims}] do not broadcast to [${dims}]`);
  const slopes = broadcast(call, call.input(1), dims).data;
  const result = new Float64Array(data.length);
  for (let i = 0; i < data.length; i++) result[i] = data[i]! < 0 ? data[i]! * slopes[i]! : data[i]!;
  return [hostTensor(type, dims, result)];
};

export default {
  Relu: mapped((x) => (x < 0 ? 0 : x)),
  LeakyRelu: activation((call) => {
    const alpha = call.float('alpha', 0.01);
    return (x) => (x < 0 ? alpha * x : x);
  }),
  ThresholdedRelu: activation((call) => {
    const alpha = call.float('alpha', 1);
    return (x) => (x > alpha ? x : 0);
  }),
  Swish: activation((call) => {
    const alpha = call.float('alpha', 1);
    return (x) => x * sigmoid(alpha * x);
  }),
  Gelu: activation((call) => (call.string('approximate', 'none') === 'tanh' ? geluTanh : gelu)),
  Sigmoid: mapped(sigmoid),
  HardSwish: mapped((x) => x * clamp(x / 6 + 0.5)),
  Mish: mapped((x) => x * Math.tanh(softplus(x))),
  Softplus: mapped(softplus),
  Softsign: mapped((x) => x / (1 + Math.abs(x))),
  Celu: withFloats(celu),
  Elu: withFloats(elu),
  Selu: withFloats(selu),
  HardSigmoid: withFloats(hardSigmoid),
  Shrink: withFloats(shrink),
  PRelu: prelu,
} satisfies Readonly<Record<string, HostOperator>>;
