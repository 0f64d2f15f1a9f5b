/** One operator run twice: by kernels on the device, which must leave nothing to the host, and by the host in doubles. */
import { expect } from 'vitest';
import type { Model } from '../../src/models/graph.js';
import { interpret } from '../../src/models/run/interpret.js';
import { createModelSession } from '../../src/models/run/session.js';
import type { HostTensor, HostValue } from '../../src/models/run/values.js';
import { testDevice } from './dawn.js';
import { attributesFrom, type PlainAttributes } from './host-operator.js';

export interface OperatorCall {
  /** Operator, with its domain before a dot where it has one. */
  readonly op: string;
  /** Undefined for one that is left out. */
  readonly inputs: readonly (HostTensor | undefined)[];
  readonly attributes?: PlainAttributes;
  /** Outputs taken; an empty name for one that is not. */
  readonly outputs?: readonly string[];
  readonly opset?: number;
}

function modelFor({ op, inputs, attributes = {}, outputs = ['y'], opset = 22 }: OperatorCall): Model {
  const at = op.lastIndexOf('.');
  const names = inputs.map((value, i) => (value === undefined ? '' : `x${i}`));
  const domain = at < 0 ? '' : op.slice(0, at);
  const given = { name: '', op: op.slice(at + 1), domain, overload: '' };
  return {
    ...{ format: 'onnx', file: 'test', irVersion: 10, producer: '', functions: new Map(), metadata: new Map() },
    opsets: new Map([
      ['', opset],
      ['com.microsoft', 1],
    ]),
    remarks: [],
    graph: {
      name: '',
      inputs: names.filter((name) => name !== '').map((name) => ({ name })),
      outputs: outputs.filter((name) => name !== '').map((name) => ({ name })),
      nodes: [{ ...given, inputs: names, outputs, attributes: attributesFrom(attributes) }],
      initializers: new Map(),
      types: new Map(),
    },
  };
}

function inputsOf({ inputs }: OperatorCall): ReadonlyMap<string, HostValue> {
  return new Map(inputs.flatMap((value, i) => (value === undefined ? [] : [[`x${i}`, value] as const])));
}

/** Where the device leaves the operator: the reasons of the nodes that the host computed. */
export async function reasonsForHost(call: OperatorCall): Promise<readonly string[]> {
  return (await run(call)).hostNodes.map(({ reason }) => reason);
}

async function run(call: OperatorCall) {
  const { gpu: device, facts, pipelines } = await testDevice();
  const session = createModelSession(modelFor(call), { device, facts, pipelines });
  try {
    const outcome = await session.run(inputsOf(call));
    if (outcome.status !== 'ok') throw new Error(outcome.reason);
    return { outputs: outcome.run.outputs, hostNodes: outcome.run.facts.hostNodes };
  } finally {
    session.destroy();
  }
}

/** Runs both and holds every output of the device against the host's. @param tolerance per element, absolute. */
export async function expectSame(call: OperatorCall, tolerance = 1e-5): Promise<ReadonlyMap<string, HostTensor>> {
  const found = await run(call);
  expect(found.hostNodes).toEqual([]);
  const wanted = interpret(modelFor(call), inputsOf(call));
  for (const [name, value] of wanted) {
    const [is, should] = [found.outputs.get(name) as HostTensor, value as HostTensor];
    expect([name, is.type, is.dims]).toEqual([name, should.type, should.dims]);
    const far = is.data.findIndex(
      (each, i) => !(Math.abs(each - should.data[i]!) <= tolerance) && each !== should.data[i],
    );
    expect(far < 0 ? undefined : [name, far, is.data[far], should.data[far]]).toBeUndefined();
  }
  return found.outputs as ReadonlyMap<string, HostTensor>;
}
