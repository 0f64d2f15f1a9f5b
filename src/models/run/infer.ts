/** Shapes of all values, by planning a run without a device. */
import type { DeviceFacts } from '../../kernel/facts.js';
import { type Known, statedShapes } from '../cost.js';
import { ModelFileError } from '../errors.js';
import type { Model } from '../graph.js';
import { ModelRunError } from './errors.js';
import { type Sizes, sizedInputs } from './inputs.js';
import { Plan } from './plan.js';
import { countOf, type HostValue, hostStrings, hostTensor } from './values.js';

/** What every WebGPU device has at least (the specification's default limits). */
const leastDevice: DeviceFacts = {
  features: [],
  language: [],
  limits: {
    maxBufferSize: 268_435_456,
    maxStorageBufferBindingSize: 134_217_728,
    maxStorageBuffersPerShaderStage: 8,
    maxComputeWorkgroupStorageSize: 16_384,
    maxComputeInvocationsPerWorkgroup: 256,
    maxComputeWorkgroupSizeX: 256,
    maxComputeWorkgroupSizeY: 256,
    maxComputeWorkgroupSizeZ: 64,
    maxComputeWorkgroupsPerDimension: 65_535,
  },
};

/** Elements of all inputs that shapes are inferred with, so that opening a file takes little memory. */
const mostInputElements = 2 ** 24;

/** Inputs of zeros, for plans. @throws ModelRunError as `sizedInputs` does. */
export function zeroInputs(model: Model, sizes: Sizes, most?: number): ReadonlyMap<string, HostValue> {
  return new Map(
    sizedInputs(model, sizes, most).map(({ name, type, dims }) => [
      name,
      type === 'string'
        ? hostStrings(dims, new Array<string>(countOf({ dims })).fill(''))
        : hostTensor(type, dims, new Float64Array(countOf({ dims }))),
    ]),
  );
}

/**
 * Shapes that the file states and those that follow from them, with open dimensions filled in. Where an operator is not
 * known, or a shape depends on what only a run can tell, inference ends, and what comes after is as stated.
 */
export function inferredShapes(model: Model, sizes: Sizes = { batch: 1 }): ReadonlyMap<string, Known> {
  const known = new Map<string, Known>();
  try {
    const plan = new Plan(model, zeroInputs(model, sizes, mostInputElements), leastDevice, { shapesOnly: true });
    for (const { name } of model.graph.inputs) note(name);
    try {
      plan.advance();
    } finally {
      for (const { outputs } of model.graph.nodes) for (const name of outputs) note(name);
    }
    function note(name: string): void {
      const found = plan.typeOf(name);
      if (found !== undefined) known.set(name, { type: found.type, dims: found.dims });
    }
  } catch (error) {
    if (!(error instanceof ModelRunError || error instanceof ModelFileError || error instanceof RangeError))
      throw error;
  }
  for (const [name, shape] of statedShapes(model.graph, sizes.named)) if (!known.has(name)) known.set(name, shape);
  return known;
}
