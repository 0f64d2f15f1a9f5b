/** Our executor as a contestant. */
import { formatBytes, plain } from '../../../../src/bench/format.js';
import type { SessionParts } from '../../../../src/models/run/program.js';
import type { ModelSession } from '../../../../src/models/run/session.js';
import type { Hall } from '../run-work.js';
import type { Contestant } from './contestant.js';

export const oursName = 'tilewatt';

export function partsOf({ device, pipelines }: Hall): SessionParts {
  return { device: device.gpu, facts: device.facts, pipelines };
}

/** @param session taken over: it ends with the contestant. */
export function ours(session: ModelSession): Contestant {
  let notes: readonly string[] = [];
  return {
    name: oursName,
    prepare: (inputs) => async () => {
      const outcome = await session.run(inputs);
      if (outcome.status !== 'ok') throw new Error(outcome.reason);
      const { outputs, facts } = outcome.run;
      const [first] = outputs.values();
      if (first?.kind !== 'tensor') throw new Error('The first output is no tensor');
      const { deviceNodes, dispatches, hostNodes, memory } = facts;
      const onHost = hostNodes.map(({ node }) => node).join(', ');
      notes = [
        `${deviceNodes} nodes in ${dispatches} dispatches, ${hostNodes.length} on the host${onHost && ` (${onHost})`}.`,
        plain(`${formatBytes(memory.allocated)} on the device.`),
      ];
      return first;
    },
    notes: () => notes,
    destroy: session.destroy,
  };
}
