/** Trains a small decoder-only transformer on a generated language, letter by letter, and writes public/models/grammar.onnx. */
import { seededRandom } from '../../src/numerics/random.js';
import { npyFile } from './array-files.js';
import { attend } from './attention.js';
import { alphabet, bestCrossEntropy, writeTokens } from './grammar.js';
import { OnnxWriter } from './onnx-file.js';
import { type Reached, writeReached, writeSample } from './samples-folder.js';
import {
  Adam,
  add,
  crossEntropy,
  drawn,
  filled,
  gather,
  gelu,
  layerNorm,
  linear,
  normEpsilon,
  rateAt,
  Tape,
  type Variable,
} from './tape.js';

export const grammarPlan = {
  seed: 30,
  context: 64,
  width: 64,
  heads: 4,
  layers: 2,
  hidden: 128,
  batch: 16,
  steps: 500,
  heldOut: { count: 128, seed: 31 },
  rate: 4e-3,
} as const;

const { context, width, heads, layers, hidden } = grammarPlan;

type Weights = Readonly<Record<string, Variable>>;

function freshWeights(seed: number): Weights {
  const random = seededRandom(seed);
  const normal = (dims: readonly number[], deviation = 0.02) => drawn(random, dims, deviation);
  const weights: Record<string, Variable> = {
    table: normal([alphabet.length, width], 0.1),
    positions: normal([context, width], 0.02),
  };
  for (let layer = 0; layer < layers; layer++) {
    const shapes = { qkv: [width, 3 * width], proj: [width, width], up: [width, hidden], down: [hidden, width] };
    for (const [name, dims] of Object.entries(shapes)) {
      const deviation = 1 / Math.sqrt(dims[0]!) / (name === 'proj' || name === 'down' ? Math.sqrt(2 * layers) : 1);
      weights[`h${layer}.${name}.weight`] = normal(dims, deviation);
      weights[`h${layer}.${name}.bias`] = filled([dims[1]!], 0);
    }
    for (const name of ['ln1', 'ln2']) addNorm(weights, `h${layer}.${name}`);
  }
  addNorm(weights, 'ln');
  weights['head.weight'] = normal([width, alphabet.length]);
  weights['head.bias'] = filled([alphabet.length], 0);
  return weights;
}

function addNorm(weights: Record<string, Variable>, name: string): void {
  weights[`${name}.scale`] = filled([width], 1);
  weights[`${name}.shift`] = filled([width], 0);
}

/** Logits of rows of tokens. The same graph as `onnxOf` writes. */
function logitsOf(tape: Tape, tokens: Uint8Array, length: number, w: Weights): Variable {
  const dense = (x: Variable, name: string) => linear(tape, x, w[`${name}.weight`]!, w[`${name}.bias`]!);
  const norm = (x: Variable, name: string) => layerNorm(tape, x, w[`${name}.scale`]!, w[`${name}.shift`]!);
  const places = Uint8Array.from(tokens, (_, i) => i % length);
  let x = add(tape, gather(tape, w.table!, tokens), gather(tape, w.positions!, places));
  for (let layer = 0; layer < layers; layer++) {
    const h = `h${layer}`;
    const seen = attend(tape, dense(norm(x, `${h}.ln1`), `${h}.qkv`), length, heads);
    x = add(tape, x, dense(seen, `${h}.proj`));
    x = add(tape, x, dense(gelu(tape, dense(norm(x, `${h}.ln2`), `${h}.up`)), `${h}.down`));
  }
  return dense(norm(x, 'ln'), 'head');
}

export function train(say: (line: string) => void): void {
  const { seed, batch, steps, heldOut, rate } = grammarPlan;
  const began = Date.now();
  const corpus = writeTokens(steps * batch, context, seed);
  const test = writeTokens(heldOut.count, context, heldOut.seed);
  const weights = freshWeights(seed);
  const adam = new Adam(Object.values(weights));
  const untrainedPerplexity = perplexityOf(weights, test);
  const bestPerplexity = Math.exp(bestCrossEntropy(test, context));
  for (let step = 0; step < steps; step++) {
    const tokens = corpus.subarray(step * batch * context, (step + 1) * batch * context);
    const tape = new Tape();
    const loss = crossEntropy(logitsOf(tape, tokens, context, weights), nextOf(tokens));
    tape.backward();
    adam.step(rateAt(step, steps, rate));
    if (step % 25 === 0) say(`grammar: step ${step} of ${steps}, loss ${loss.toFixed(4)}, ${seconds(began)} s`);
  }
  const perplexity = perplexityOf(weights, test);
  say(
    `grammar: perplexity ${perplexity.toFixed(4)}; ${bestPerplexity.toFixed(4)} is the best possible, ` +
      `${untrainedPerplexity.toFixed(1)} untrained, ${seconds(began)} s`,
  );
  const parameters = Object.values(weights).reduce((sum, { data }) => sum + data.length, 0);
  const reached: Reached = {
    model: 'grammar.onnx',
    seed,
    parameters,
    trainedOn: corpus.length,
    heldOut,
    perplexity,
    untrainedPerplexity,
    bestPerplexity,
  };
  writeSample('grammar.onnx', onnxOf(weights));
  writeSample('grammar-tokens.npy', npyFile([heldOut.count, context], test));
  writeReached('grammar', reached);
}

/** The token after each; none after the last of a row. */
function nextOf(tokens: Uint8Array): Int16Array {
  return Int16Array.from(tokens, (_, i) => ((i + 1) % context === 0 ? -1 : tokens[i + 1]!));
}

function perplexityOf(weights: Weights, tokens: Uint8Array): number {
  const rows = 16;
  let total = 0;
  for (let from = 0; from < tokens.length; from += rows * context) {
    const part = tokens.subarray(from, from + rows * context);
    total += crossEntropy(logitsOf(new Tape(), part, context, weights), nextOf(part)) * part.length;
  }
  return Math.exp(total / tokens.length);
}

function onnxOf(weights: Weights): Uint8Array {
  const onnx = new OnnxWriter();
  const given = (name: string) => onnx.floats(name, weights[name]!.dims, weights[name]!.data);
  const dense = (name: string, x: string) =>
    onnx.node('Add', name, [
      onnx.node('MatMul', `${name}.product`, [x, given(`${name}.weight`)]),
      given(`${name}.bias`),
    ]);
  const norm = (name: string, x: string) =>
    onnx.node('LayerNormalization', name, [x, given(`${name}.scale`), given(`${name}.shift`)], {
      axis: -1,
      epsilon: { float: normEpsilon },
    });
  const scalar = (name: string, value: number) => onnx.floats(name, [], Float32Array.of(value));
  const ids = onnx.input('tokens', 'i64', ['batch', 'sequence']);
  const zero = onnx.integers('zero', [1], [0]);
  const one = onnx.integers('one', [1], [1]);
  const axes = onnx.integers('mask.axes', [2], [2, 3]);
  const starts = onnx.integers('mask.starts', [2], [0, 0]);
  const length = onnx.node('Gather', 'sequence.length', [onnx.node('Shape', 'tokens.shape', [ids]), one], { axis: 0 });
  const places = onnx.node('Slice', 'positions.used', [given('positions'), zero, length, zero]);
  const ends = onnx.node('Concat', 'mask.ends', [length, length], { axis: 0 });
  const mask = onnx.node('Slice', 'mask.used', [
    onnx.floats('mask', [1, 1, context, context], causalMask()),
    starts,
    ends,
    axes,
  ]);
  const split = onnx.integers('heads.split', [4], [0, 0, heads, width / heads]);
  const merge = onnx.integers('heads.merge', [3], [0, 0, width]);
  const scale = scalar('attention.scale', Math.sqrt(width / heads));
  const gate = geluWriter(onnx, scalar);
  let x = onnx.node('Add', 'embedding', [onnx.node('Gather', 'tokens.embedding', [given('table'), ids]), places]);
  for (let layer = 0; layer < layers; layer++) {
    const h = `h${layer}`;
    const parts = ['q', 'k', 'v'].map((part) => `${h}.${part}`);
    onnx.node('Split', `${h}.split`, [dense(`${h}.qkv`, norm(`${h}.ln1`, x))], { axis: 2 }, parts);
    const [q = '', k = '', v = ''] = parts.map((part) => {
      const perm = part.endsWith('.k') ? [0, 2, 3, 1] : [0, 2, 1, 3];
      return onnx.node('Transpose', `${part}.heads`, [onnx.node('Reshape', `${part}.split`, [part, split])], { perm });
    });
    const scores = onnx.node('Div', `${h}.scaled`, [onnx.node('MatMul', `${h}.scores`, [q, k]), scale]);
    const shares = onnx.node('Softmax', `${h}.shares`, [onnx.node('Add', `${h}.masked`, [scores, mask])], { axis: -1 });
    const seen = onnx.node('Transpose', `${h}.seen`, [onnx.node('MatMul', `${h}.mixed`, [shares, v])], {
      perm: [0, 2, 1, 3],
    });
    x = onnx.node('Add', `${h}.attended`, [x, dense(`${h}.proj`, onnx.node('Reshape', `${h}.merged`, [seen, merge]))]);
    const raised = gate(`${h}.gelu`, dense(`${h}.up`, norm(`${h}.ln2`, x)));
    x = onnx.node('Add', `${h}.out`, [x, dense(`${h}.down`, raised)]);
  }
  onnx.output(dense('head', norm('ln', x)), 'f32', ['batch', 'sequence', alphabet.length]);
  return onnx.bytes({
    name: 'grammar',
    about: 'Letters of a generated language, at most 64 at a time. Trained by examples/train/train-grammar.ts.',
    metadata: {
      'training script': 'examples/train/train-grammar.ts',
      seed: String(grammarPlan.seed),
      alphabet: JSON.stringify(alphabet.join('')),
    },
  });
}

/** GELU as exporters write it below opset 20. */
function geluWriter(onnx: OnnxWriter, scalar: (name: string, value: number) => string) {
  const [root, unit, half] = [scalar('gelu.root', Math.SQRT2), scalar('gelu.one', 1), scalar('gelu.half', 0.5)];
  return (name: string, x: string): string => {
    const erf = onnx.node('Erf', `${name}.erf`, [onnx.node('Div', `${name}.scaled`, [x, root])]);
    const product = onnx.node('Mul', `${name}.product`, [x, onnx.node('Add', `${name}.raised`, [erf, unit])]);
    return onnx.node('Mul', name, [product, half]);
  };
}

/** 0 where a row may look, far below zero where it may not. */
function causalMask(): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: context * context }, (_, i) => (i % context > Math.floor(i / context) ? -1e4 : 0));
}

function seconds(since: number): string {
  return ((Date.now() - since) / 1000).toFixed(0);
}
