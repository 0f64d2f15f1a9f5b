/** An open device with everything a job needs on it: compiled pipelines, a timer, and what that timer is worth. */
import { calibrateTimer } from '../bench/calibrate.js';
import type { Host } from '../bench/host.js';
import type { Environment, TimerFacts } from '../bench/results.js';
import { createPassTimer, type PassTimer } from '../gpu/batch.js';
import { type Device, openDevice } from '../gpu/device.js';
import { explain } from '../gpu/errors.js';
import { createPipelines, type Pipelines } from '../gpu/pipelines.js';
import { createProbes, type Probes } from '../gpu/probe.js';
import type { Outcome } from '../kernel/outcome.js';
import type { DeviceCard } from './api.js';

export interface Context {
  readonly device: Device;
  readonly pipelines: Pipelines;
  readonly timer: PassTimer;
  readonly timerFacts: TimerFacts;
  readonly probes: Probes;
  readonly host: Host;
  readonly runtime: string;
  /** True once the device is lost; a new context has to be opened then. */
  readonly isLost: () => boolean;
}

export async function openContext(
  gpu: GPU | undefined,
  runtime: string,
  host: Host,
): Promise<Outcome<{ readonly context: Context }>> {
  const opened = await openDevice(gpu);
  if (opened.status !== 'ok') return opened;
  const { device } = opened;
  let lost = false;
  void device.gpu.lost.then(() => {
    lost = true;
  });
  try {
    const timer = createPassTimer(device.gpu, host.now);
    const probes = await createProbes(device.gpu, timer, host.now);
    const timerFacts = await calibrateTimer({ kind: timer.kind, empty: probes.empty, readback: probes.readback, host });
    const pipelines = createPipelines(device.gpu, device.facts);
    const context = { device, pipelines, timer, timerFacts, probes, host, runtime, isLost: () => lost };
    return { status: 'ok', context };
  } catch (error) {
    return explain(device.gpu, 'measuring the timer', error);
  }
}

export function environmentOf(context: Context, version: string, seed: number, distribution?: string): Environment {
  const { device, runtime, timerFacts } = context;
  return {
    version,
    runtime,
    adapter: device.adapter,
    features: [...device.facts.features],
    limits: { ...device.facts.limits },
    timer: timerFacts,
    date: new Date().toISOString(),
    seed,
    ...(distribution ? { distribution } : {}),
  };
}

export function deviceCard({ device, runtime, timerFacts }: Context): DeviceCard {
  return {
    facts: device.facts,
    adapter: device.adapter,
    runtime,
    timer: timerFacts,
    notes: deviceNotes(device, timerFacts),
  };
}

/** Architectures, as browsers name them, that Intel sells as cards of their own. */
const intelCards = /^(xe-hpg|xe2-hpg|xe3-hpg)/;

function deviceNotes({ adapter, facts }: Device, timer: TimerFacts): readonly string[] {
  const notes: string[] = [];
  if (adapter.software) {
    notes.push('This is a software adapter: it computes on the CPU, and its times say nothing about a GPU.');
  } else if (adapter.vendor === 'intel' && !intelCards.test(adapter.architecture)) {
    notes.push(
      'This is likely an integrated GPU. If the machine has another one, tell the operating system to run the browser on it.',
    );
  }
  if (timer.kind === 'wall') {
    notes.push('There are no GPU timestamps here: times are wall-clock slopes, with wider intervals.');
  } else if (timer.quantumNs > 10_000) {
    const microseconds = (timer.quantumNs / 1000).toFixed(1);
    notes.push(
      `The browser rounds GPU timestamps to ${microseconds} µs, so dispatches are timed in long batches. chrome://flags/#enable-webgpu-developer-features lifts it.`,
    );
  }
  if (!facts.features.includes('shader-f16')) notes.push('shader-f16 is missing: f16 kernels are skipped.');
  if (!facts.features.includes('subgroups')) notes.push('subgroups are missing: kernels that use them are skipped.');
  if (!facts.language.includes('packed_4x8_integer_dot_product')) {
    notes.push('packed_4x8_integer_dot_product is missing: INT8 kernels use a polyfill.');
  }
  return notes;
}
