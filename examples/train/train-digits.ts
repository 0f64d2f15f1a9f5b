/** Trains a small convolutional network on drawn digits, and writes it as public/models/digits.onnx with images to test it on. */
import { seededRandom } from '../../src/numerics/random.js';
import { idxFile } from './array-files.js';
import { drawDigits, side } from './digits.js';
import { convolve, pool, reshaped } from './images.js';
import { OnnxWriter } from './onnx-file.js';
import { type Reached, writeReached, writeSample } from './samples-folder.js';
import {
  Adam,
  add,
  crossEntropy,
  drawn,
  filled,
  linear,
  rateAt,
  relu,
  shuffled,
  Tape,
  type Variable,
  variable,
} from './tape.js';

export const digitsPlan = {
  seed: 20,
  trainedOn: 12000,
  heldOut: { count: 1000, seed: 21 },
  epochs: 6,
  batch: 32,
  rate: 4e-3,
} as const;

const area = side * side;

interface Weights {
  readonly [name: string]: Variable;
}

function freshWeights(seed: number): Weights {
  const random = seededRandom(seed);
  const he = (dims: readonly number[], from: number) => drawn(random, dims, Math.sqrt(2 / from));
  return {
    'conv1.weight': he([8, 1, 3, 3], 9),
    'conv1.bias': filled([8], 0),
    'conv2.weight': he([16, 8, 3, 3], 72),
    'conv2.bias': filled([16], 0),
    'conv3.weight': he([16, 16, 3, 3], 144),
    'conv3.bias': filled([16], 0),
    'fc1.weight': he([256, 64], 256),
    'fc1.bias': filled([64], 0),
    'fc2.weight': he([64, 10], 64),
    'fc2.bias': filled([10], 0),
  };
}

/** Logits of a batch. The same graph as `writeOnnx` writes. */
function logitsOf(tape: Tape, x: Variable, w: Weights): Variable {
  const conv = (from: Variable, name: string) => convolve(tape, from, w[`${name}.weight`]!, w[`${name}.bias`]!);
  const one = pool(tape, relu(tape, conv(x, 'conv1')));
  const two = pool(tape, relu(tape, conv(one, 'conv2')));
  const three = relu(tape, add(tape, two, conv(two, 'conv3')));
  const flat = reshaped(tape, three, [x.dims[0]!, 256]);
  const hidden = relu(tape, linear(tape, flat, w['fc1.weight']!, w['fc1.bias']!));
  return linear(tape, hidden, w['fc2.weight']!, w['fc2.bias']!);
}

export function train(say: (line: string) => void): void {
  const { seed, trainedOn, heldOut, epochs, batch, rate } = digitsPlan;
  const began = Date.now();
  const { pixels, labels } = drawDigits(trainedOn, seed);
  const weights = freshWeights(seed);
  const adam = new Adam(Object.values(weights));
  const steps = epochs * Math.floor(trainedOn / batch);
  for (let step = 0; step < steps; step++) {
    const epoch = Math.floor(step / (steps / epochs));
    const inEpoch = step - epoch * (steps / epochs);
    const chosen = shuffled(trainedOn, seed + 1 + epoch).subarray(inEpoch * batch, (inEpoch + 1) * batch);
    const tape = new Tape();
    const logits = logitsOf(tape, images(pixels, chosen), weights);
    const loss = crossEntropy(
      logits,
      [...chosen].map((i) => labels[i]!),
    );
    tape.backward();
    adam.step(rateAt(step, steps, rate));
    if (step % 100 === 0) say(`digits: step ${step} of ${steps}, loss ${loss.toFixed(4)}, ${seconds(began)} s`);
  }
  const test = drawDigits(heldOut.count, heldOut.seed);
  const accuracy = accuracyOf(weights, test.pixels, test.labels);
  say(`digits: ${(100 * accuracy).toFixed(2)} % of ${heldOut.count} held-out digits, ${seconds(began)} s`);
  const parameters = Object.values(weights).reduce((sum, { data }) => sum + data.length, 0);
  const reached: Reached = { model: 'digits.onnx', seed, parameters, trainedOn, heldOut, accuracy };
  writeSample('digits.onnx', onnxOf(weights));
  writeSample('digits-images.idx', idxFile([heldOut.count, side, side], test.pixels));
  writeSample('digits-labels.idx', idxFile([heldOut.count], test.labels));
  writeReached('digits', reached);
}

function images(pixels: Uint8Array, chosen: ArrayLike<number>): Variable {
  const x = variable([chosen.length, 1, side, side]);
  for (let i = 0; i < chosen.length; i++) {
    const from = chosen[i]! * area;
    for (let p = 0; p < area; p++) x.data[i * area + p] = pixels[from + p]! / 255;
  }
  return x;
}

function accuracyOf(weights: Weights, pixels: Uint8Array, labels: Uint8Array): number {
  let right = 0;
  for (let from = 0; from < labels.length; from += 100) {
    const chosen = Array.from({ length: Math.min(100, labels.length - from) }, (_, i) => from + i);
    const { data } = logitsOf(new Tape(), images(pixels, chosen), weights);
    for (const [r, item] of chosen.entries()) {
      const row = data.subarray(10 * r, 10 * r + 10);
      if (row.indexOf(Math.max(...row)) === labels[item]) right++;
    }
  }
  return right / labels.length;
}

function onnxOf(weights: Weights): Uint8Array {
  const onnx = new OnnxWriter();
  const given = (name: string) => onnx.floats(name, weights[name]!.dims, weights[name]!.data);
  const conv = (name: string, x: string) =>
    onnx.node('Conv', name, [x, given(`${name}.weight`), given(`${name}.bias`)], {
      kernel_shape: [3, 3],
      pads: [1, 1, 1, 1],
      strides: [1, 1],
    });
  const halve = (name: string, x: string) => onnx.node('MaxPool', name, [x], { kernel_shape: [2, 2], strides: [2, 2] });
  const gemm = (name: string, x: string) =>
    onnx.node('Gemm', name, [x, given(`${name}.weight`), given(`${name}.bias`)]);
  const x = onnx.input('images', 'f32', ['batch', 1, side, side]);
  const one = halve('pool1', onnx.node('Relu', 'relu1', [conv('conv1', x)]));
  const two = halve('pool2', onnx.node('Relu', 'relu2', [conv('conv2', one)]));
  const three = onnx.node('Relu', 'relu3', [onnx.node('Add', 'residual', [two, conv('conv3', two)])]);
  const flat = onnx.node('Flatten', 'flatten', [three], { axis: 1 });
  const hidden = onnx.node('Relu', 'relu4', [gemm('fc1', flat)]);
  onnx.output(gemm('fc2', hidden), 'f32', ['batch', 10]);
  return onnx.bytes({
    name: 'digits',
    about: 'Digits drawn by a program, 16 × 16, as ink from 0 to 1. Trained by examples/train/train-digits.ts.',
    metadata: { 'training script': 'examples/train/train-digits.ts', seed: String(digitsPlan.seed) },
  });
}

function seconds(since: number): string {
  return ((Date.now() - since) / 1000).toFixed(0);
}
