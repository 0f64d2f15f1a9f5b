/** The sample models reach on their held-out data what is said of them, and their data is what the generators draw. */
import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { drawDigits, side } from '../../examples/train/digits.js';
import { alphabet, bestCrossEntropy, writeTokens } from '../../examples/train/grammar.js';
import { readIdx } from '../../src/models/data/idx.js';
import { readNpy } from '../../src/models/data/npy.js';
import type { ModelFile } from '../../src/models/file.js';
import type { Model } from '../../src/models/graph.js';
import { readModel } from '../../src/models/read.js';
import { interpret } from '../../src/models/run/interpret.js';
import { type HostTensor, hostTensor } from '../../src/models/run/values.js';
import { numbersOf } from '../../src/models/values.js';

const folder = resolve(import.meta.dirname, '../../public/models');
const reached = JSON.parse(readFileSync(join(folder, 'reached.json'), 'utf8'));
const readme = readFileSync(join(folder, 'README.md'), 'utf8');

function file(name: string): ModelFile {
  return { name, bytes: new Uint8Array(readFileSync(join(folder, name))) };
}

function model(name: string): Model {
  const opened = readModel(file(name));
  if (!('graph' in opened)) throw new Error(`${name} has no graph`);
  return opened;
}

function outputOf(graph: Model, input: string, value: HostTensor): HostTensor {
  const [output] = interpret(graph, new Map([[input, value]])).values();
  if (output?.kind !== 'tensor') throw new Error('the output is no tensor');
  return output;
}

describe('digits', () => {
  const { count, seed } = reached.digits.heldOut;
  const images = readIdx(file('digits-images.idx'));
  const labels = readIdx(file('digits-labels.idx'));

  it('has the data that its generator draws', () => {
    const drawn = drawDigits(count, seed);
    expect(images).toMatchObject({ type: 'u8', dims: [count, side, side] });
    expect(Buffer.compare(images.bytes, drawn.pixels)).toBe(0);
    expect(Buffer.compare(labels.bytes, drawn.labels)).toBe(0);
  });

  it('is right as often as is said', { timeout: 120_000 }, () => {
    const graph = model('digits.onnx');
    const ink = hostTensor(
      'f32',
      [count, 1, side, side],
      Float32Array.from(images.bytes, (byte) => byte / 255),
    );
    const { data, dims } = outputOf(graph, 'images', ink);
    expect(dims).toEqual([count, 10]);
    const right = [...labels.bytes].filter((label, i) => {
      const row = data.subarray(10 * i, 10 * i + 10);
      return row.indexOf(Math.max(...row)) === label;
    });
    expect(right.length / count).toBe(reached.digits.accuracy);
    expect(reached.digits.accuracy).toBeGreaterThanOrEqual(0.97);
    expect(readme).toContain(`${(100 * reached.digits.accuracy).toFixed(1)} % right`);
  });
});

describe('grammar', () => {
  const { count, seed } = reached.grammar.heldOut;
  const tokens = readNpy(file('grammar-tokens.npy'));
  const [rows = 0, length = 0] = tokens.dims;
  const ids = Uint8Array.from(numbersOf(tokens));

  it('has the data that its generator writes', () => {
    expect(tokens).toMatchObject({ type: 'i64', dims: [count, 64] });
    expect(Buffer.compare(ids, writeTokens(count, length, seed))).toBe(0);
  });

  it('has the perplexity that is said, near that of the grammar itself', { timeout: 300_000 }, () => {
    const graph = model('grammar.onnx');
    const { data, dims } = outputOf(graph, 'tokens', hostTensor('i64', tokens.dims, numbersOf(tokens)));
    const letters = alphabet.length;
    expect(dims).toEqual([rows, length, letters]);
    expect(readme).toContain(`logits [batch, sequence, ${letters}]`);
    let surprise = 0;
    for (let at = 0; at < rows * length; at++) {
      if ((at + 1) % length === 0) continue;
      const row = data.subarray(at * letters, (at + 1) * letters);
      const most = Math.max(...row);
      const total = row.reduce((sum, value) => sum + Math.exp(value - most), 0);
      surprise += Math.log(total) + most - row[ids[at + 1]!]!;
    }
    const perplexity = Math.exp(surprise / (rows * (length - 1)));
    expect(perplexity).toBeCloseTo(reached.grammar.perplexity, 3);
    expect(readme).toContain(`perplexity ${perplexity.toFixed(3)}`);
    const best = Math.exp(bestCrossEntropy(ids, length));
    expect(best).toBeCloseTo(reached.grammar.bestPerplexity, 9);
    expect(perplexity / best).toBeLessThan(1.03);
    expect(readme).toContain(`${best.toFixed(3)} for one who knows`);
  });

  it('reads shorter rows too, and nothing of what comes later', () => {
    const graph = model('grammar.onnx');
    const whole = outputOf(graph, 'tokens', hostTensor('i64', [1, 12], ids.subarray(0, 12)));
    const part = outputOf(graph, 'tokens', hostTensor('i64', [1, 7], ids.subarray(0, 7)));
    for (const [i, value] of part.data.entries()) expect(value).toBeCloseTo(whole.data[i]!, 4);
  });
});

it('keeps each model below 1 MB', () => {
  for (const name of ['digits.onnx', 'grammar.onnx']) expect(statSync(join(folder, name)).size).toBeLessThan(1e6);
});
