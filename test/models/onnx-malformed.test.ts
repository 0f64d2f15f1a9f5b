/** Malformed ONNX files, each made in code with one fault: what the reader says to it, where, and how fast. */
import { describe, expect, it } from 'vitest';
import { ModelFileError } from '../../src/models/errors.js';
import type { ModelFile } from '../../src/models/file.js';
import { readOnnx } from '../../src/models/onnx/read.js';
import { fileName, nested, spoiled, whole } from '../support/onnx-model.js';
import { encoding } from './onnx-faults/encoding.js';
import { graphs, models } from './onnx-faults/structure.js';
import { companions, externals, tensors } from './onnx-faults/tensors.js';

const all = { encoding, models, graphs, tensors, externals };

describe.each(Object.entries(all))('malformed %s', (_, cases) => {
  it.each(cases)('%s: %s', (_what, code, field, make) => {
    const file = { name: fileName, bytes: make() };
    const start = performance.now();
    const error = refusal(file);
    expect(performance.now() - start).toBeLessThan(2000);
    expect(error.message).toBe(`${fileName}: ${error.field} ${error.rule}.`);
    expect({ code: error.code, field: error.field }).toEqual({ code, field: expect.stringContaining(field) });
  });
});

it('is what differs from a model that opens', () => {
  expect(Object.values(all).flat().length).toBeGreaterThanOrEqual(48);
  expect(() => readOnnx({ name: fileName, bytes: whole })).not.toThrow();
  const bytes = spoiled(({ model }) => {
    model.graph = nested(32);
  });
  expect(readOnnx({ name: fileName, bytes }).graph.name).toBe('level 32');
});

function refusal(file: ModelFile): ModelFileError {
  try {
    readOnnx(file, companions);
  } catch (error) {
    if (error instanceof ModelFileError) return error;
    throw error;
  }
  throw new Error('It was read without complaint.');
}
