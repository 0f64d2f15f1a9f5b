/** Sessions of models on the tests' device. */
import type { Model } from '../../src/models/graph.js';
import { createModelSession, type ModelSession, type SessionOptions } from '../../src/models/run/session.js';
import type { HostTensor, HostValue } from '../../src/models/run/values.js';
import { testDevice } from './dawn.js';

export async function sessionOf(model: Model, options: SessionOptions = {}): Promise<ModelSession> {
  const { gpu: device, facts, pipelines } = await testDevice();
  return createModelSession(model, { device, facts, pipelines }, options);
}

/** A run that has to go well. */
export async function ran(session: ModelSession, inputs: Readonly<Record<string, HostValue>>) {
  const outcome = await session.run(new Map(Object.entries(inputs)));
  if (outcome.status !== 'ok') throw new Error(outcome.reason);
  return outcome.run;
}

/** Outputs of one run. */
export async function outputsOf(model: Model, inputs: ReadonlyMap<string, HostValue>, options: SessionOptions = {}) {
  const session = await sessionOf(model, options);
  try {
    return (await ran(session, Object.fromEntries(inputs))).outputs;
  } finally {
    session.destroy();
  }
}

export function numbers(value: HostValue | undefined): number[] {
  return Array.from((value as HostTensor).data);
}
