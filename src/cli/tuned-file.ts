/** Files of tuned values: read, added to, and looked up for the kernels of a comparison. */

import { existsSync, readFileSync } from 'node:fs';
import { lookUp, mergeWinners, sourceHash } from '../bench/tune/winners.js';
import { parseWinners, type Winner, type Winners, WinnersError } from '../bench/tune/winners-schema.js';
import type { Kernel } from '../kernel/kernel.js';
import type { Shape } from '../kernel/operation.js';
import { errorText } from '../kernel/outcome.js';
import { specialize } from '../kernel/specialize.js';
import type { KernelChoice } from '../worker/api.js';
import type { Jobs } from './job.js';
import { write } from './output.js';
import { RuntimeFailure } from './runtime.js';
import { UsageError } from './usage.js';

/** @throws UsageError where the file is missing or is none of tuned values. */
export function readTuned(file: string): Winners {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`Cannot read ${file}: ${errorText(error)}`);
  }
  try {
    return parseWinners(text);
  } catch (error) {
    if (error instanceof WinnersError) throw new UsageError(`${file}: ${error.message}`);
    throw error;
  }
}

/** What the file holds already; undefined where there is none yet, or it is stdout. */
export function readIfThere(file: string | undefined): Winners | undefined {
  return file === undefined || file === '-' || !existsSync(file) ? undefined : readTuned(file);
}

/** Adds a winner to what the file held; one for the same device, kernel and class of shapes is replaced. */
export function addWinner(file: string, before: Winners | undefined, winner: Winner): void {
  const added: Winners = { schema: 'tilewatt/winners@1', winners: [winner] };
  write(file, `${JSON.stringify(mergeWinners(added, ...(before ? [before] : [])), null, 2)}\n`);
}

/** The choices with the tuned values that fit this device, shape and source; says which do not fit, and why. */
export async function withTuned(
  { api, say }: Jobs,
  choices: readonly KernelChoice[],
  kernels: readonly Kernel[],
  shape: Shape,
  winners: Winners,
): Promise<readonly KernelChoice[]> {
  const device = await api.device();
  if (device.status !== 'ok') throw new RuntimeFailure(device.reason);
  const { adapter, runtime } = device.card;
  return Promise.all(
    choices.map(async (choice) => {
      const kernel = kernels.find(({ id }) => id === choice.id)!;
      // A yardstick of another operation has sizes of its own.
      if (kernel.computes.parameters.some(({ name }) => !(name in shape))) return choice;
      const hashOf = (tunables: Winner['tunables']) => sourceHash(specialize(kernel, { shape, tunables }).code);
      const found = await lookUp(winners, { kernel: kernel.id, shape, adapter, runtime, hashOf });
      if (found.status === 'stale') say(found.reason);
      return found.status === 'ok' ? { ...choice, tunables: { ...found.winner.tunables, ...choice.tunables } } : choice;
    }),
  );
}
