/** Random operators and Dropout: the same seed gives the same numbers, no seed gives new ones every time. */
import { type Random, seededRandom } from '../../../numerics/random.js';
import type { HostCall, HostOperator } from '../call.js';
import { room } from '../room.js';
import { countOf, type HostTensor, hostTensor } from '../values.js';
import { typeAttribute } from './cast.js';

const bits = new Uint32Array(1);
const single = new Float32Array(bits.buffer);

/** The seed is a float; its bits seed the generator. */
function generatorOf(call: HostCall): Random {
  if (!call.has('seed')) return seededRandom(Math.floor(Math.random() * 2 ** 32));
  single[0] = call.float('seed', 0);
  return seededRandom(bits[0]!);
}

type Draw = (call: HostCall, random: Random) => () => number;

const normal: Draw = (call, random) => {
  const mean = call.float('mean', 0);
  const scale = call.float('scale', 1);
  return () => mean + scale * random.normal();
};

const uniform: Draw = (call, random) => {
  const low = call.float('low', 0);
  const high = call.float('high', 1);
  return () => low + (high - low) * random.next();
};

function filled(call: HostCall, type: HostTensor['type'], dims: readonly number[], draw: Draw): readonly HostTensor[] {
  const next = draw(call, generatorOf(call));
  const data = room(call, dims);
  for (let i = 0; i < data.length; i++) data[i] = next();
  return [hostTensor(type, dims, data)];
}

const shaped =
  (draw: Draw): HostOperator =>
  (call) => {
    const dims = call.ints('shape') ?? call.fail('missing-input', 'lacks the attribute shape');
    return filled(call, typeAttribute(call, 'dtype') ?? 'f32', dims, draw);
  };

const like =
  (draw: Draw): HostOperator =>
  (call) => {
    const { type, dims } = call.input(0);
    return filled(call, typeAttribute(call, 'dtype') ?? type, dims, draw);
  };

const bernoulli: HostOperator = (call) => {
  const { type, dims, data } = call.input(0);
  const random = generatorOf(call);
  const result = data.map((probability) => (random.next() < probability ? 1 : 0));
  return [hostTensor(typeAttribute(call, 'dtype') ?? type, dims, result)];
};

/** Draws classes by their unnormalized log-probabilities. */
const multinomial: HostOperator = (call) => {
  const { dims, data } = call.input(0);
  const [batch = 0, classes = 0] = dims;
  if (dims.length !== 2 || classes === 0) return call.fail('bad-shape', `[${dims}] is not [batch, classes]`);
  const samples = call.int('sample_size', 1);
  const random = generatorOf(call);
  const result = room(call, [batch, samples]);
  for (let row = 0; row < batch; row++) {
    const logits = data.subarray(row * classes, (row + 1) * classes);
    const most = logits.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    const weights = logits.map((x) => Math.exp(x - most));
    const sum = weights.reduce((a, b) => a + b, 0);
    for (let i = 0; i < samples; i++) result[row * samples + i] = drawFrom(weights, sum * random.next());
  }
  return [hostTensor(typeAttribute(call, 'dtype') ?? 'i32', [batch, samples], result)];
};

function drawFrom(weights: Float64Array, target: number): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) {
    sum += weights[i]!;
    if (target < sum) return i;
  }
  return weights.length - 1;
}

/** Ratio and mode are inputs since operator set 12; before it, and without training, elements pass as they are. */
const dropout: HostOperator = (call) => {
  const tensor = call.input(0);
  const maskType = call.opset < 10 ? tensor.type : 'bool';
  const training = call.opset >= 12 && (call.optional(2)?.data[0] ?? 0) !== 0;
  const ratio = call.opset < 12 ? 0 : (call.optional(1)?.data[0] ?? 0.5);
  const mask = room(call, [countOf(tensor)]).fill(1);
  if (!training || ratio === 0) return [tensor, hostTensor(maskType, tensor.dims, mask)];
  if (!(ratio > 0 && ratio < 1)) return call.fail('bad-value', `the ratio is ${ratio}, not in [0, 1)`);
  const random = generatorOf(call);
  const data = tensor.data.map((x, i) => {
    mask[i] = random.next() >= ratio ? 1 : 0;
    return (x * mask[i]!) / (1 - ratio);
  });
  return [hostTensor(tensor.type, tensor.dims, data), hostTensor(maskType, tensor.dims, mask)];
};

export default {
  RandomNormal: shaped(normal),
  RandomUniform: shaped(uniform),
  RandomNormalLike: like(normal),
  RandomUniformLike: like(uniform),
  Bernoulli: bernoulli,
  Multinomial: multinomial,
  Dropout: dropout,
} satisfies Readonly<Record<string, HostOperator>>;
